// Runs before the first paint: the theme and the language that were chosen, so that nothing flashes.
{
  const chosen = (name) => {
    try {
      return localStorage.getItem(name)
    } catch {
      return null
    }
  }
  const theme = chosen('doran.theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  const language = chosen('doran.language') ?? navigator.language.slice(0, 2)
  document.documentElement.lang = language === 'ko' ? 'ko' : 'en'
}
