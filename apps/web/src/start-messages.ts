import { catalogue } from './language/catalogue.ts'

export const startMessages = catalogue({
  ko: {
    title: '도란을 불러오지 못했어요',
    text: '인터넷 연결이나 서버에 잠시 문제가 있어요. 조금 뒤에 다시 시도해 주세요.',
    again: '다시 시도',
  },
  en: {
    title: 'Doran could not be loaded',
    text: 'The connection or the server has a problem at the moment. Please try again shortly.',
    again: 'Try again',
  },
})
