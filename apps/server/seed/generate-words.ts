/** The words from which the sample catalogue is generated, in Korean and in English. */

export type Words = readonly [ko: string, en: string]
/** A value of an option. */
type Choice = readonly [code: string, ko: string, en: string]

export interface Department {
  slug: string
  name: Words
  /** Prices are around this many won. */
  price: number
  choices: { name: Words; values: readonly Choice[] }
  shelves: readonly (readonly [slug: string, name: Words, goods: readonly Words[]])[]
}

const SIZES: Department['choices'] = {
  name: ['사이즈', 'Size'],
  values: [
    ['s', '스몰', 'Small'],
    ['m', '미디엄', 'Medium'],
    ['l', '라지', 'Large'],
    ['xl', '엑스라지', 'Extra large'],
  ],
}
const COLOURS: Department['choices'] = {
  name: ['색상', 'Colour'],
  values: [
    ['ivory', '아이보리', 'Ivory'],
    ['charcoal', '차콜', 'Charcoal'],
    ['sage', '세이지', 'Sage'],
    ['navy', '네이비', 'Navy'],
  ],
}
const WEIGHTS: Department['choices'] = {
  name: ['용량', 'Weight'],
  values: [
    ['500g', '500g', '500 g'],
    ['1kg', '1kg', '1 kg'],
    ['3kg', '3kg', '3 kg'],
    ['10kg', '10kg', '10 kg'],
  ],
}
const VOLUMES: Department['choices'] = {
  name: ['용량', 'Volume'],
  values: [
    ['30ml', '30ml', '30 ml'],
    ['100ml', '100ml', '100 ml'],
    ['250ml', '250ml', '250 ml'],
    ['500ml', '500ml', '500 ml'],
  ],
}

export const DEPARTMENTS: readonly Department[] = [
  {
    slug: 'sample-food',
    name: ['식품', 'Food'],
    price: 18_000,
    choices: WEIGHTS,
    shelves: [
      [
        'grain',
        ['쌀·잡곡', 'Rice & grain'],
        [
          ['햅쌀', 'new-crop rice'],
          ['현미', 'brown rice'],
          ['찰보리', 'sticky barley'],
          ['귀리', 'oats'],
        ],
      ],
      [
        'kimchi',
        ['김치·반찬', 'Kimchi & sides'],
        [
          ['포기김치', 'whole cabbage kimchi'],
          ['총각김치', 'young radish kimchi'],
          ['깻잎지', 'pickled perilla'],
          ['멸치볶음', 'stir-fried anchovies'],
        ],
      ],
      [
        'fruit',
        ['과일', 'Fruit'],
        [
          ['사과', 'apples'],
          ['배', 'pears'],
          ['감귤', 'mandarins'],
          ['샤인머스캣', 'shine muscat grapes'],
        ],
      ],
      [
        'seafood',
        ['수산물', 'Seafood'],
        [
          ['고등어', 'mackerel'],
          ['전복', 'abalone'],
          ['돌김', 'rock laver'],
          ['건새우', 'dried shrimp'],
        ],
      ],
      [
        'tea',
        ['차·음료', 'Tea & drinks'],
        [
          ['녹차', 'green tea'],
          ['유자청', 'citron marmalade'],
          ['원두', 'coffee beans'],
          ['보리차', 'barley tea'],
        ],
      ],
    ],
  },
  {
    slug: 'sample-fashion',
    name: ['패션', 'Fashion'],
    price: 42_000,
    choices: SIZES,
    shelves: [
      [
        'tops',
        ['상의', 'Tops'],
        [
          ['셔츠', 'shirt'],
          ['니트', 'knit'],
          ['맨투맨', 'sweatshirt'],
          ['블라우스', 'blouse'],
        ],
      ],
      [
        'bottoms',
        ['하의', 'Bottoms'],
        [
          ['슬랙스', 'slacks'],
          ['청바지', 'jeans'],
          ['치마', 'skirt'],
          ['반바지', 'shorts'],
        ],
      ],
      [
        'outer',
        ['아우터', 'Outerwear'],
        [
          ['코트', 'coat'],
          ['패딩', 'padded jacket'],
          ['가디건', 'cardigan'],
          ['바람막이', 'windbreaker'],
        ],
      ],
      [
        'shoes',
        ['신발', 'Shoes'],
        [
          ['운동화', 'trainers'],
          ['구두', 'dress shoes'],
          ['샌들', 'sandals'],
          ['장화', 'rain boots'],
        ],
      ],
      [
        'hanbok',
        ['한복', 'Hanbok'],
        [
          ['생활한복', 'everyday hanbok'],
          ['저고리', 'jeogori jacket'],
          ['두루마기', 'durumagi coat'],
          ['배자', 'baeja vest'],
        ],
      ],
    ],
  },
  {
    slug: 'sample-living',
    name: ['생활', 'Living'],
    price: 36_000,
    choices: COLOURS,
    shelves: [
      [
        'furniture',
        ['가구', 'Furniture'],
        [
          ['책상', 'desk'],
          ['의자', 'chair'],
          ['책장', 'bookcase'],
          ['협탁', 'side table'],
        ],
      ],
      [
        'bedding',
        ['침구', 'Bedding'],
        [
          ['이불', 'quilt'],
          ['베개', 'pillow'],
          ['담요', 'blanket'],
          ['요', 'floor mattress'],
        ],
      ],
      [
        'kitchen',
        ['주방', 'Kitchen'],
        [
          ['뚝배기', 'earthenware pot'],
          ['도마', 'chopping board'],
          ['수저 세트', 'spoon and chopsticks set'],
          ['냄비', 'pan'],
        ],
      ],
      [
        'lighting',
        ['조명', 'Lighting'],
        [
          ['스탠드', 'lamp'],
          ['무드등', 'mood light'],
          ['펜던트등', 'pendant light'],
          ['한지등', 'hanji lantern'],
        ],
      ],
      [
        'bath',
        ['욕실', 'Bath'],
        [
          ['수건', 'towel'],
          ['샤워 커튼', 'shower curtain'],
          ['발매트', 'bath mat'],
          ['비누 받침', 'soap dish'],
        ],
      ],
    ],
  },
  {
    slug: 'sample-beauty',
    name: ['뷰티', 'Beauty'],
    price: 24_000,
    choices: VOLUMES,
    shelves: [
      [
        'skin',
        ['스킨케어', 'Skin care'],
        [
          ['수분 크림', 'moisture cream'],
          ['토너', 'toner'],
          ['세럼', 'serum'],
          ['선크림', 'sun cream'],
        ],
      ],
      [
        'hair',
        ['헤어', 'Hair'],
        [
          ['샴푸', 'shampoo'],
          ['트리트먼트', 'treatment'],
          ['두피 토닉', 'scalp tonic'],
          ['헤어 오일', 'hair oil'],
        ],
      ],
      [
        'body',
        ['바디', 'Body'],
        [
          ['바디워시', 'body wash'],
          ['바디로션', 'body lotion'],
          ['핸드크림', 'hand cream'],
          ['입욕제', 'bath salts'],
        ],
      ],
      [
        'scent',
        ['향수', 'Fragrance'],
        [
          ['향수', 'perfume'],
          ['디퓨저', 'diffuser'],
          ['룸 스프레이', 'room spray'],
          ['향낭', 'scent pouch'],
        ],
      ],
    ],
  },
  {
    slug: 'sample-digital',
    name: ['디지털', 'Digital'],
    price: 89_000,
    choices: COLOURS,
    shelves: [
      [
        'audio',
        ['음향', 'Audio'],
        [
          ['무선 이어폰', 'wireless earphones'],
          ['스피커', 'speaker'],
          ['헤드폰', 'headphones'],
          ['마이크', 'microphone'],
        ],
      ],
      [
        'desk',
        ['컴퓨터 주변', 'Computer accessories'],
        [
          ['키보드', 'keyboard'],
          ['마우스', 'mouse'],
          ['모니터 받침', 'monitor stand'],
          ['웹캠', 'webcam'],
        ],
      ],
      [
        'phone',
        ['휴대폰 용품', 'Phone accessories'],
        [
          ['충전기', 'charger'],
          ['휴대폰 케이스', 'phone case'],
          ['보조 배터리', 'power bank'],
          ['거치대', 'stand'],
        ],
      ],
      [
        'home',
        ['생활 가전', 'Home appliances'],
        [
          ['가습기', 'humidifier'],
          ['선풍기', 'fan'],
          ['전기 주전자', 'electric kettle'],
          ['공기 청정기', 'air purifier'],
        ],
      ],
    ],
  },
  {
    slug: 'sample-leisure',
    name: ['취미·여가', 'Leisure'],
    price: 31_000,
    choices: COLOURS,
    shelves: [
      [
        'camping',
        ['캠핑', 'Camping'],
        [
          ['텐트', 'tent'],
          ['캠핑 의자', 'camping chair'],
          ['코펠', 'cookset'],
          ['랜턴', 'lantern'],
        ],
      ],
      [
        'sport',
        ['운동', 'Sport'],
        [
          ['요가 매트', 'yoga mat'],
          ['아령', 'dumbbell'],
          ['물병', 'water bottle'],
          ['배드민턴 라켓', 'badminton racket'],
        ],
      ],
      [
        'paper',
        ['문구', 'Stationery'],
        [
          ['공책', 'notebook'],
          ['만년필', 'fountain pen'],
          ['달력', 'calendar'],
          ['붓펜', 'brush pen'],
        ],
      ],
      [
        'pet',
        ['반려동물', 'Pets'],
        [
          ['방석', 'cushion'],
          ['산책줄', 'lead'],
          ['밥그릇', 'bowl'],
          ['장난감', 'toy'],
        ],
      ],
    ],
  },
]

/** The parts of a product's name: a quality, an origin and the thing itself. */
export const QUALITIES: readonly Words[] = [
  ['포근한', 'Cosy'],
  ['단단한', 'Sturdy'],
  ['가벼운', 'Light'],
  ['맑은', 'Clear'],
  ['정갈한', 'Neat'],
  ['느긋한', 'Unhurried'],
  ['싱그러운', 'Fresh'],
  ['오래가는', 'Long-lasting'],
  ['담백한', 'Plain'],
  ['고운', 'Fine'],
  ['든든한', 'Hearty'],
  ['수수한', 'Modest'],
  ['알뜰한', 'Thrifty'],
  ['선선한', 'Cool'],
  ['손수 만든', 'Handmade'],
  ['새로 나온', 'New'],
]
export const PLACES: readonly Words[] = [
  ['이천', 'Icheon'],
  ['강릉', 'Gangneung'],
  ['전주', 'Jeonju'],
  ['통영', 'Tongyeong'],
  ['제주', 'Jeju'],
  ['안동', 'Andong'],
  ['보성', 'Boseong'],
  ['담양', 'Damyang'],
  ['춘천', 'Chuncheon'],
  ['영주', 'Yeongju'],
  ['군산', 'Gunsan'],
  ['속초', 'Sokcho'],
]
/** A brand or shop has one of these and one of {@link LAST} as its name. */
export const FIRST: readonly Words[] = [
  ['하루', 'Haru'],
  ['도란', 'Doran'],
  ['온새', 'Onsae'],
  ['가람', 'Garam'],
  ['마루', 'Maru'],
  ['소담', 'Sodam'],
  ['누리', 'Nuri'],
  ['다온', 'Daon'],
  ['바람', 'Baram'],
  ['솔', 'Sol'],
  ['여울', 'Yeoul'],
  ['달빛', 'Dalbit'],
]
export const LAST: readonly Words[] = [
  ['상점', 'Store'],
  ['공방', 'Workshop'],
  ['농장', 'Farm'],
  ['살림', 'Goods'],
  ['마을', 'Village'],
  ['집', 'House'],
  ['터', 'Yard'],
  ['길', 'Road'],
  ['창고', 'Depot'],
  ['방앗간', 'Mill'],
]
