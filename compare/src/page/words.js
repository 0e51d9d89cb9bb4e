// What the page says, in both languages. Text reaches the page by textContent alone.

const WORDS = {
  en: {
    title: 'What waiting costs',
    conditions: ({ requests, delay, url }) =>
      `Each client fetched the same ${requests} pages from ${url}` +
      (delay ? `, which takes ${delay} for every answer.` : ', which does not tell its delay.'),
    stopped: (clients) => `Stopped with Ctrl-C. Clients that did not run: ${clients || 'none'}.`,
    pictures: 'All clients on one time axis',
    play: 'Play', pause: 'Pause', speed: 'Speed', until: 'Show',
    whole: (client, time) => `all, until ${client} ends (${time})`,
    part: (client, time) => `until ${client} ends (${time})`,
    moment: 'Moment', momentOf: (time, end) => `${time} of ${end}`,
    dark: 'Dark', light: 'Light',
    thread: 'thread', runtime: 'runtime',
    measuredBeside: (time, ideal, over) =>
      ideal ? `${time}, ideal ${ideal}${over ? `, ${over}` : ''}` : `${time}, ideal unknown`,
    ideal: (time) => `ideal ${time}`,
    goesOn: (time) => `until ${time} →`,
    inFlight: (n, inLine) => `${n} in flight` + (inLine === null ? '' : ` (${inLine} of them in the server’s line)`),
    answered: (n) => `${n} answered`, failed: (n) => `${n} failed`,
    waiting: 'the server works on it', queued: 'stands in the server’s line',
    own: 'client and network', broken: 'no page came', idealEnd: 'ideal end', lit: 'the chosen request',
    legendNote:
      'The server says how long a request stood in its line and was to be worked on, not when. All else counts as the client’s and the network’s, also where a busy server was late, and is drawn first. Where there are more requests than pixels, the height says how many were in each state.',
    oneRequest: 'One request, in every client', number: 'Request number', clear: 'None',
    requestHint: 'Point at a bar, or choose a picture with Tab and a request with the arrow keys.',
    noRequest: 'No request is chosen.',
    pictureOf: (client, requests, rows) =>
      `Picture of ${client}: ${requests} requests in ${rows} ${rows === 1 ? 'row' : 'rows'}. Arrow keys choose a request.`,
    requestLine: ({ number, lane, sent, end, took, ending }) =>
      `Request ${number}: ${lane}, sent ${sent}, ${ending} ${end}, took ${took}`,
    answeredAt: 'answered', endedAt: (why) => `${why} at`, notSent: (number) => `Request ${number} was not sent`,
    measured: 'Measured and ideal', client: 'client', why: 'why',
    tableNote: '“Most in flight” is the server’s own count. “Over ideal” is what the client cost beyond the waiting.',
    dataOf: (client) => `${client} as a table`,
    eachRequest: (client) => `Every request of ${client}`,
    slices: (client, n) => `${client} in ${n} equal parts of its time`,
    request: 'request', lane: 'lane', sent: 'sent', end: 'ended', took: 'took', how: 'how',
    from: 'from', to: 'to', sentThen: 'sent', answeredThen: 'answered', failedThen: 'failed',
    mostThen: 'most in flight', flightThen: 'in flight at the end',
    ownShort: 'client, network', queuedShort: 'in line', waitedShort: 'at the server',
    ok: 'page (200)', status: (code) => `status ${code}`,
    never: 'not sent',
    s: 's', ms: 'ms',
  },
  zh: {
    title: '等待的代价',
    conditions: ({ requests, delay, url }) =>
      `每个客户端都从 ${url} 取同样的 ${requests} 个页面` +
      (delay ? `，服务器每次过 ${delay}才回答。` : '，服务器没有说明延迟。'),
    stopped: (clients) => `已用 Ctrl-C 中止。没有运行的客户端：${clients || '无'}。`,
    pictures: '所有客户端，同一条时间轴',
    play: '播放', pause: '暂停', speed: '速度', until: '显示',
    whole: (client, time) => `全部，到 ${client} 结束（${time}）`,
    part: (client, time) => `到 ${client} 结束（${time}）`,
    moment: '时刻', momentOf: (time, end) => `${time}，共 ${end}`,
    dark: '深色', light: '浅色',
    thread: '线程', runtime: '运行时',
    measuredBeside: (time, ideal, over) =>
      ideal ? `${time}，理想 ${ideal}${over ? `，${over}` : ''}` : `${time}，理想时间未知`,
    ideal: (time) => `理想 ${time}`,
    goesOn: (time) => `到 ${time} →`,
    inFlight: (n, inLine) => `进行中 ${n}` + (inLine === null ? '' : `（其中 ${inLine} 个在服务器排队）`),
    answered: (n) => `已回答 ${n}`, failed: (n) => `失败 ${n}`,
    waiting: '服务器在处理', queued: '在服务器排队', own: '客户端与网络', broken: '没有得到页面',
    idealEnd: '理想的终点', lit: '选中的请求',
    legendNote:
      '服务器只说明一个请求排队多久、应处理多久，不说明起止时刻。其余时间都算作客户端与网络的（服务器繁忙而晚发的时间也在其中），总是画在最前面。请求多于像素时，用高度表示各种状态的请求各有多少。',
    oneRequest: '同一个请求，在每个客户端里', number: '请求编号', clear: '不选',
    requestHint: '把指针移到色条上；或者用 Tab 键选中一幅图，再用方向键选择请求。',
    noRequest: '没有选中请求。',
    pictureOf: (client, requests, rows) =>
      `${client} 的图：${requests} 个请求，共 ${rows} 行。用方向键选择请求。`,
    requestLine: ({ number, lane, sent, end, took, ending }) =>
      `请求 ${number}：${lane}，${sent} 发出，${end} ${ending}，用时 ${took}`,
    answeredAt: '得到回答', endedAt: (why) => `结束（${why}）`, notSent: (number) => `请求 ${number} 没有发出`,
    measured: '实测与理想', client: '客户端', why: '原因',
    tableNote: '“最大并发”由服务器自己计数。“超出理想”是客户端在等待之外的开销。',
    dataOf: (client) => `${client} 的数据表`,
    eachRequest: (client) => `${client} 的每个请求`,
    slices: (client, n) => `${client} 的全程分为 ${n} 等份`,
    request: '请求', lane: '所在', sent: '发出', end: '结束', took: '用时', how: '结果',
    from: '从', to: '到', sentThen: '发出', answeredThen: '得到回答', failedThen: '失败',
    mostThen: '最大并发', flightThen: '末尾进行中',
    ownShort: '客户端与网络', queuedShort: '排队', waitedShort: '服务器处理',
    ok: '页面（200）', status: (code) => `状态码 ${code}`,
    never: '未发出',
    s: '秒', ms: '毫秒',
  },
};

const language = {
  now: /^zh/i.test(navigator.language) ? 'zh' : 'en',
  get words() {
    return WORDS[this.now];
  },
};

const words = () => language.words;

/** Seconds to the millisecond, as the terminal has them: `3.012 s`. */
const seconds = (us) => `${(us / 1e6).toFixed(3)} ${words().s}`;

/** A length of time in the unit that suits it. */
const length = (us) =>
  us < 1e6 ? `${(us / 1e3).toFixed(us < 1e5 ? 1 : 0)} ${words().ms}` : seconds(us);
