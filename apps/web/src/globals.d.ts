/** The edition being built: the whole marketplace, or only the community. */
declare const __EDITION__: 'marketplace' | 'community'
