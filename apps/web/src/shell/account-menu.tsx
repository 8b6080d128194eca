import { Link, useNavigate } from '@tanstack/react-router'
import { useSession } from '../api/use-session.ts'
import { signOut } from '../features/sign-in/api/sign-in.ts'
import { LANGUAGE_NAMES } from '../language/catalogue.ts'
import { chooseLanguage, useLanguage, useMessages } from '../language/language.ts'
import { themeMessages } from '../theme/messages.ts'
import { chooseTheme, THEMES, useTheme } from '../theme/theme.ts'
import { Check, Globe, LogOut, Moon, Package, Sun, SunMoon, UserPlus, UserRound } from '../ui/icons.ts'
import { Menu, MenuDivider, MenuItem, MenuLink } from '../ui/menu.tsx'
import { toast } from '../ui/toasts.ts'
import { HEADER_BUTTON } from './header-button.ts'
import { shellMessages } from './messages.ts'

const ICON = 'size-5 text-muted'
const THEME_ICONS = { light: Sun, dark: Moon, system: SunMoon }

export function AccountMenu() {
  const t = useMessages(shellMessages)
  const session = useSession()
  const other = useLanguage() === 'ko' ? 'en' : 'ko'
  const themes = useMessages(themeMessages)
  const theme = useTheme()
  const navigate = useNavigate()
  const leave = async () => {
    await signOut()
    toast(t('signedOut'))
    await navigate({ to: '/' })
  }
  return (
    <Menu
      defaultOpen
      label={t('account')}
      triggerClass={HEADER_BUTTON}
      trigger={<UserRound className="size-5" aria-hidden />}
    >
      {session ? (
        <>
          <MenuLink render={<Link to="/me" />}>
            <UserRound className={ICON} aria-hidden />
            {t('myPage')}
          </MenuLink>
          <MenuLink render={<Link to="/orders" />}>
            <Package className={ICON} aria-hidden />
            {t('orders')}
          </MenuLink>
          <MenuItem onSelect={leave}>
            <LogOut className={ICON} aria-hidden />
            {t('signOut')}
          </MenuItem>
        </>
      ) : (
        <>
          <MenuLink render={<Link to="/sign-in" />}>
            <UserRound className={ICON} aria-hidden />
            {t('signIn')}
          </MenuLink>
          <MenuLink render={<Link to="/register" />}>
            <UserPlus className={ICON} aria-hidden />
            {t('register')}
          </MenuLink>
        </>
      )}
      <MenuDivider />
      <MenuItem onSelect={() => chooseLanguage(other)}>
        <Globe className={ICON} aria-hidden />
        <span lang={other}>{LANGUAGE_NAMES[other]}</span>
      </MenuItem>
      {THEMES.map((name) => {
        const Icon = THEME_ICONS[name]
        return (
          <MenuItem key={name} onSelect={() => chooseTheme(name)}>
            <Icon className={ICON} aria-hidden />
            <span className="flex-1">{themes(name)}</span>
            {theme === name && <Check className="size-5 text-brand" aria-hidden />}
          </MenuItem>
        )
      })}
    </Menu>
  )
}
