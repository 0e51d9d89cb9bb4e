// All words of both pages, the live page and compare's report: each in English and in
// Simplified Chinese. A word that needs values is a function of them.

const WORDS = {
  // The states of a request. The terminal's legend has the same: client-core/src/export/theme.rs.
  waiting: ['waiting', '等待中'],
  queued: ['queued', '排队'],
  'client-and-network': ['client and network', '客户端与网络'],
  answered: ['answered', '已响应'],
  failed: ['failed', '失败'],

  // Both pages.
  toDark: ['Dark', '深色'],
  toLight: ['Light', '浅色'],
  otherLanguage: ['简体中文', 'English'],
  s: ['s', '秒'],
  ms: ['ms', '毫秒'],
  client: ['client', '客户端'],

  // The live page: its counts and lanes.
  title: ['Three Seconds', '三秒钟'],
  numbers: ['What the server counts', '服务器的计数'],
  inFlight: ['in flight', '在途'],
  mostServed: ['most served', '最大并发'],
  rejected: ['rejected', '被拒绝'],
  aborted: ['disconnected', '已断开'],
  lanes: ['Who waits', '谁在等'],
  clear: ['Clear lanes', '清空泳道'],
  empty: [
    'Nobody has asked for the page yet. Start a client.',
    '还没有人请求页面。请启动一个客户端。',
  ],
  unnamed: ['without a name', '未署名'],
  others: ['others', '其他'],
  run: [(run) => `run ${run}`, (run) => `运行 ${run}`],
  laneInFlight: [
    (count, seconds) => [count, `in flight, ${seconds}`],
    (count, seconds) => [count, `个在途，已 ${seconds}`],
  ],
  laneOver: [
    (seconds, ideal) => [seconds, `ideal ${ideal}`],
    (seconds, ideal) => [seconds, `理想 ${ideal}`],
  ],
  unknown: ['unknown', '未知'],
  facts: [
    (answered, all, served) => `${answered}/${all} answered, most served ${served}`,
    (answered, all, served) => `已响应 ${answered}/${all}，最大并发 ${served}`,
  ],
  factsFailed: [
    (count) => `, ${count} failed or disconnected`,
    (count) => `，${count} 个失败或断开`,
  ],
  factsQueued: [(count) => `, ${count} queued`, (count) => `，${count} 个排队`],
  laneLabel: [
    (client, facts) => `Requests of ${client} over time. ${facts}.`,
    (client, facts) => `${client} 的请求随时间的变化。${facts}。`,
  ],
  table: ['The same as a table', '同样内容的表格'],
  tableTitle: ['Runs, oldest first', '各次运行，从旧到新'],
  runName: ['run', '运行'],
  requests: ['requests', '请求'],
  time: ['time', '用时'],
  idealTime: ['ideal', '理想'],

  // The live page: its connection.
  live: ['live', '实时'],
  connecting: ['connecting …', '连接中……'],
  lost: ['no server; trying again …', '没有服务器，正在重试……'],

  // The live page: guesses.
  think: ['What do you think?', '你怎么看？'],
  howLong: ['How long will the next run take?', '下一次运行要多久？'],
  note: ['Note it', '记下'],
  noted: [
    (guess) => `You think: ${guess}. Now start the run.`,
    (guess) => `你猜：${guess}。现在开始运行吧。`,
  ],
  during: [
    (guess, client) => `You think: ${guess}. ${client} is under way …`,
    (guess, client) => `你猜：${guess}。${client} 正在运行……`,
  ],
  verdict: [
    (guess, took, ideal, off) => `You thought ${guess}. It took ${took} (ideal: ${ideal}). ${off}`,
    (guess, took, ideal, off) => `你猜 ${guess}，实际 ${took}（理想 ${ideal}）。${off}`,
  ],
  exact: ['Spot on!', '完全正确！'],
  tooLow: [(by) => `Your guess was ${by} too short.`, (by) => `猜短了 ${by}。`],
  tooHigh: [(by) => `Your guess was ${by} too long.`, (by) => `猜长了 ${by}。`],

  // The live page: controls.
  server: ['The server', '服务器'],
  delay: ['Delay', '延迟'],
  jitter: ['Jitter, up to', '抖动上限'],
  failRate: ['Failures', '失败率'],
  maxConcurrent: ['Max concurrent', '并发上限'],
  apply: ['Apply', '应用'],
  applied: ['In force for all requests from now on.', '从现在起对所有请求生效。'],
  reset: ['Reset counts', '计数清零'],
  wasReset: ['The counts are at zero.', '计数已清零。'],
  askTitle: ['Only the teacher changes the server', '只有老师可以更改服务器'],
  askToken: ['The token that the server printed when it started', '服务器启动时打印的令牌'],
  ok: ['OK', '确定'],
  cancel: ['Cancel', '取消'],
  refused: ['The server did not take that token.', '服务器不接受这个令牌。'],
  unreachable: ['The server did not answer.', '服务器没有响应。'],

  // The report: its head and controls.
  reportTitle: ['What waiting costs', '等待的代价'],
  conditions: [
    ({ requests, duration, delay, url }) =>
      (duration ? `Each client fetched pages for ${duration} from ${url}` : `Each client fetched the same ${requests} pages from ${url}`) +
      (delay ? `, which takes ${delay} for every answer.` : ', which does not tell its delay.'),
    ({ requests, duration, delay, url }) =>
      (duration ? `每个客户端都在 ${duration}内不断从 ${url} 取页面` : `每个客户端都从 ${url} 取同样的 ${requests} 个页面`) +
      (delay ? `，服务器的每个响应用时 ${delay}。` : '，服务器没有说明延迟。'),
  ],
  idealUnknown: ['So the ideal times are unknown.', '因此理想时间未知。'],
  idealAssumed: [
    (delay) => `The ideal times assume that every answer takes ${delay} and waits for no other.`,
    (delay) => `理想时间假定每个响应用时 ${delay}，互不等待。`,
  ],
  // Each part where it is known: `null` is what a server does not tell.
  setup: [
    ({ jitter, failRate, limit, timeout, began, cpus, memory, system }) => [
      began,
      jitter && `jitter up to ${jitter}`,
      failRate && `${failRate} % planned to fail`,
      limit && `at most ${limit.places} at once, others ${limit.when_full === 'queue' ? 'wait' : 'are rejected'}`,
      `timeout ${timeout}`,
      `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`,
      memory && `${memory} GB of memory`,
      system,
    ],
    ({ jitter, failRate, limit, timeout, began, cpus, memory, system }) => [
      began,
      jitter && `抖动上限 ${jitter}`,
      failRate && `计划失败 ${failRate} %`,
      limit && `同时最多 ${limit.places} 个，其余${limit.when_full === 'queue' ? '排队' : '被拒绝'}`,
      `超时 ${timeout}`,
      `${cpus} 个 CPU`,
      memory && `内存 ${memory} GB`,
      system,
    ],
  ],
  stopped: [
    (clients) => `Stopped with Ctrl-C. Clients that did not run: ${clients || 'none'}.`,
    (clients) => `已用 Ctrl-C 中止。没有运行的客户端：${clients || '无'}。`,
  ],
  pictures: ['All clients on one time axis', '所有客户端，同一条时间轴'],
  play: ['Play', '播放'],
  pause: ['Pause', '暂停'],
  speed: ['Speed', '速度'],
  until: ['Show', '显示'],
  whole: [
    (client, time) => `all, until ${client} ends (${time})`,
    (client, time) => `全部，到 ${client} 结束（${time}）`,
  ],
  part: [
    (client, time) => `until ${client} ends (${time})`,
    (client, time) => `到 ${client} 结束（${time}）`,
  ],
  moment: ['Moment', '时刻'],
  momentOf: [(time, end) => `${time} of ${end}`, (time, end) => `${time}，共 ${end}`],

  // The report: the picture of a client.
  thread: ['thread', '线程'],
  runtime: ['runtime', '运行时'],
  process: ['process', '进程'],
  worker: ['worker', 'worker'],
  program: ['program', '程序'],
  measuredBeside: [
    (time, ideal, over) =>
      ideal ? `${time}, ideal ${ideal}${over ? `, ${over}` : ''}` : `${time}, ideal unknown`,
    (time, ideal, over) =>
      ideal ? `${time}，理想 ${ideal}${over ? `，${over}` : ''}` : `${time}，理想时间未知`,
  ],
  goesOn: [(time) => `until ${time} →`, (time) => `到 ${time} →`],
  countInFlight: [
    (n, queued) => `${n} in flight` + (queued === null ? '' : ` (${queued} of them queued)`),
    (n, queued) => `在途 ${n}` + (queued === null ? '' : `（其中 ${queued} 个排队）`),
  ],
  countAnswered: [(n) => `${n} answered`, (n) => `已响应 ${n}`],
  countFailed: [(n) => `${n} failed`, (n) => `失败 ${n}`],
  ideal: ['ideal end', '理想的终点'],
  chosen: ['the chosen request', '选中的请求'],
  untold: ['in flight (the server did not say more)', '在途（服务器没有进一步说明）'],
  legendNoteUntold: [
    'In flight is what the client has sent and what has not ended yet: to connect, any queue on the way, the server’s own time and the response. The server did not say how long each of these took. Where there are more requests than pixels, the height says how many were in flight.',
    '“在途”指客户端已发出而尚未结束的请求，包括建立连接、途中可能的排队、服务器自己的时间和响应的传输；服务器没有说明各用了多久。请求多于像素时，用高度表示有多少个请求在途。',
  ],
  legendNote: [
    'In flight is what the client has sent and what has not ended yet; queued is the part of it that stands in the server’s queue. The server says how long a request was queued and was to wait, not when. All else counts as the client’s and the network’s, also where a busy server was late, and is drawn first. Where there are more requests than pixels, the height says how many were in each state.',
    '“在途”指客户端已发出而尚未结束的请求；“排队”是其中在服务器排队的部分。服务器只说明一个请求排队多久、应等待多久，不说明起止时刻。其余时间都算作客户端与网络的（服务器繁忙而晚发的时间也在其中），总是画在最前面。请求多于像素时，用高度表示各种状态的请求各有多少。',
  ],
  pictureOf: [
    (client, requests, rows) =>
      `Picture of ${client}: ${requests} requests in ${rows} ${rows === 1 ? 'row' : 'rows'}. Arrow keys choose a request.`,
    (client, requests, rows) =>
      `${client} 的图：${requests} 个请求，共 ${rows} 行。用方向键选择请求。`,
  ],

  // The report: one request in every client.
  oneRequest: ['One request, in every client', '同一个请求，在每个客户端里'],
  number: ['Request number', '请求编号'],
  chooseNone: ['None', '不选'],
  requestHint: [
    'Point at a bar, or choose a picture with Tab and a request with the arrow keys.',
    '把指针移到色条上；或者用 Tab 键选中一幅图，再用方向键选择请求。',
  ],
  noRequest: ['No request is chosen.', '没有选中请求。'],
  requestLine: [
    ({ number, lane, sent, end, took, ending }) =>
      `Request ${number}: ${lane}, sent ${sent}, ${ending} ${end}, took ${took}`,
    ({ number, lane, sent, end, took, ending }) =>
      `请求 ${number}：${lane}，${sent} 发出，${end} ${ending}，用时 ${took}`,
  ],
  answeredAt: ['answered', '收到响应'],
  endedAt: [(why) => `${why} at`, (why) => `结束（${why}）`],
  notSent: [
    (number) => `Request ${number} was not sent`,
    (number) => `请求 ${number} 没有发出`,
  ],
  request: ['request', '请求'],
  lane: ['lane', '所在'],
  sent: ['sent', '发出'],
  ended: ['ended', '结束'],
  took: ['took', '用时'],
  outcome: ['how', '结果'],
  page200: ['page (200)', '页面（200）'],
  status: [(code) => `status ${code}`, (code) => `状态码 ${code}`],
  never: ['not sent', '未发出'],

  // The report: its tables.
  measured: ['Measured and ideal', '实测与理想'],
  measuredAlone: ['Measured', '实测'],
  why: ['why', '原因'],
  peakNote: [
    '“Most served” is the server’s own count: the most requests that it worked on at once.',
    '“最大并发”由服务器自己计数：它同时处理的请求最多有几个。',
  ],
  overheadNote: [
    '“Over ideal” is what the run took beyond its ideal time.',
    '“超出理想”是实际用时比理想时间多出的部分。',
  ],
  latency: ['Latency', '延迟'],
  histogramOf: [
    (client, steps) => `Latencies of ${client}: ${steps}`,
    (client, steps) => `${client} 的延迟分布：${steps}`,
  ],
  stepOf: [
    (from, to, n) => `${from} to ${to} ms: ${n}`,
    (from, to, n) => `${from} 到 ${to} 毫秒：${n} 个`,
  ],
  dataOf: [(client) => `${client} as a table`, (client) => `${client} 的数据表`],
  eachRequest: [(client) => `Every request of ${client}`, (client) => `${client} 的每个请求`],
  slices: [
    (client, n) => `${client} in ${n} equal parts of its time`,
    (client, n) => `${client} 的全程分为 ${n} 等份`,
  ],
  from: ['from', '从'],
  to: ['to', '到'],
  mostInFlight: ['most in flight', '最多在途'],
  inFlightAtEnd: ['in flight at the end', '末尾在途'],
};

const inLanguage = (index) =>
  Object.fromEntries(Object.entries(WORDS).map(([key, pair]) => [key, pair[index]]));

/** The words by language; each language has all of them. */
export const LANGUAGES = { en: inLanguage(0), 'zh-CN': inLanguage(1) };
