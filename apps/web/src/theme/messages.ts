import { catalogue } from '../language/catalogue.ts'

export const themeMessages = catalogue({
  ko: {
    theme: '화면 밝기',
    light: '밝게',
    dark: '어둡게',
    system: '기기 설정대로',
  },
  en: {
    theme: 'Appearance',
    light: 'Light',
    dark: 'Dark',
    system: 'As the device',
  },
})
