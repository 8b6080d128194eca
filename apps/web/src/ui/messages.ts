import { catalogue } from '../language/catalogue.ts'

export const uiMessages = catalogue({
  ko: {
    close: '닫기',
    retry: '다시 시도',
    loading: '불러오는 중',
    less: '수량 줄이기',
    more: '수량 늘리기',
    quantity: '수량',
    atMost: '{count}개까지 담을 수 있어요.',
    before: '할인 전 가격',
    now: '판매가',
  },
  en: {
    close: 'Close',
    retry: 'Try again',
    loading: 'Loading',
    less: 'One less',
    more: 'One more',
    quantity: 'Quantity',
    atMost: { one: 'You can have one at most.', other: 'You can have {count} at most.' },
    before: 'Price before',
    now: 'Price now',
  },
})
