import { catalogue } from '../../language/catalogue.ts'

export const formMessages = catalogue({
  ko: {
    unableToConnect: '연결할 수 없어요. 인터넷 연결을 확인해 주세요. 적은 내용은 그대로 있어요.',
    newArticle: '새 글',
    editArticle: '글 고치기',
    title: '제목',
    titleHint: '글 제목',
    description: '한 줄 소개',
    descriptionHint: '무엇에 대한 글인가요?',
    body: '본문',
    bodyHint: '이야기를 들려주세요 (마크다운을 쓸 수 있어요)',
    tagList: '태그',
    tagHint: '태그 입력',
    tagHelp: 'Enter를 누르면 더해져요.',
    removeTag: '‘{tag}’ 태그 빼기',
    write: '쓰기',
    preview: '미리 보기',
    nothingToPreview: '본문을 쓰면 여기에 보여요.',
    publish: '글 올리기',
    draftBack: '쓰던 글을 다시 불러왔어요.',
    discardDraft: '버리고 새로 시작',
    draftKept: '쓰는 동안 이 브라우저에 저장돼요.',
    settings: '프로필 설정',
    image: '사진 주소',
    imageHint: 'https://로 시작하는 그림의 주소',
    username: '이름',
    bio: '소개',
    bioHint: '나를 짧게 소개해 주세요',
    email: '이메일',
    password: '새 비밀번호',
    passwordHint: '바꾸지 않으려면 비워 두세요',
    update: '설정 저장',
    blank_title: '제목을 적어 주세요.',
    blank_description: '한 줄 소개를 적어 주세요.',
    blank_body: '본문을 적어 주세요.',
    blank_username: '이름을 적어 주세요.',
    blank_email: '이메일을 적어 주세요.',
    blank_password: '비밀번호를 적어 주세요.',
    wrong_title: '제목은 한 줄로 200자까지 쓸 수 있어요.',
    wrong_description: '한 줄 소개는 500자까지 쓸 수 있어요.',
    wrong_body: '본문은 10만 자까지, 댓글은 만 자까지 쓸 수 있어요.',
    wrong_tagList: '태그는 20개까지, 하나에 60자까지 쓸 수 있어요.',
    wrong_username: '이름은 한 줄로 60자까지 쓸 수 있어요.',
    wrong_email: '이메일 주소가 맞는지 확인해 주세요.',
    wrong_password: '비밀번호는 8자에서 200자 사이로 정해 주세요.',
    wrong_image: '사진 주소는 2,000자까지 쓸 수 있어요.',
    wrong_bio: '소개는 2,000자까지 쓸 수 있어요.',
  },
  en: {
    unableToConnect: 'Unable to connect. Check your internet connection; what you have written stays.',
    newArticle: 'New article',
    editArticle: 'Edit article',
    title: 'Title',
    titleHint: 'Article Title',
    description: 'Summary',
    descriptionHint: "What's this article about?",
    body: 'Article',
    bodyHint: 'Write your article (in markdown)',
    tagList: 'Tags',
    tagHint: 'Enter tags',
    tagHelp: 'Press Enter to add one.',
    removeTag: 'Remove the tag “{tag}”',
    write: 'Write',
    preview: 'Preview',
    nothingToPreview: 'What you write appears here.',
    publish: 'Publish Article',
    draftBack: 'Here is what you were writing.',
    discardDraft: 'Discard it',
    draftKept: 'Kept in this browser while you write.',
    settings: 'Your Settings',
    image: 'Picture',
    imageHint: 'URL of profile picture',
    username: 'Username',
    bio: 'About you',
    bioHint: 'Short bio about you',
    email: 'Email',
    password: 'New password',
    passwordHint: 'Leave it empty to keep the present one',
    update: 'Update Settings',
    blank_title: "title can't be blank",
    blank_description: "summary can't be blank",
    blank_body: "article can't be blank",
    blank_username: "username can't be blank",
    blank_email: "email can't be blank",
    blank_password: "password can't be blank",
    wrong_title: 'title has to be one line of at most 200 characters',
    wrong_description: 'summary has to have at most 500 characters',
    wrong_body: 'the text is too long (at most 100,000 characters, 10,000 for a comment)',
    wrong_tagList: 'at most 20 tags of 60 characters each',
    wrong_username: 'username has to be one line of at most 60 characters',
    wrong_email: 'email is not an e-mail address',
    wrong_password: 'password has to have 8 to 200 characters',
    wrong_image: 'picture has to be an address of at most 2,000 characters',
    wrong_bio: 'about you has to have at most 2,000 characters',
  },
})

/** Fields of which {@link formMessages} knows what is wrong when the API refuses them. */
export type KnownField =
  | 'title'
  | 'description'
  | 'body'
  | 'tagList'
  | 'username'
  | 'email'
  | 'password'
  | 'image'
  | 'bio'

export function isKnownField(field: string): field is KnownField {
  return `wrong_${field}` in formMessages.ko
}
