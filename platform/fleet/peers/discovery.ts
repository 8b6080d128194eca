/** An instance of a service, and where it answers. */
export interface Instance {
  /** Unique among all instances. */
  readonly id: string
  /** Without a trailing slash. */
  readonly url: string
}

export interface Discovery {
  /** The instances that may be called now. */
  find(service: string): readonly Instance[]
  /** Calls the handler when instances have joined or left. */
  onChange(handler: () => void): void
}

/** One address for each service, as in Kubernetes or ECS, which distribute requests behind a DNS name. */
export function dnsDiscovery(template: string): Discovery {
  const known = new Map<string, readonly Instance[]>()
  return {
    find(service) {
      const url = template.replaceAll('{service}', service).replace(/\/$/, '')
      const instances = known.get(service) ?? [{ id: url, url }]
      known.set(service, instances)
      return instances
    },
    onChange() {},
  }
}
