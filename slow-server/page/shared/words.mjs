// All words of both pages, the live page and compare's report: each in English and in
// Simplified Chinese. A word that needs values is a function of them.

const WORDS = {
  // The states of a request. The terminal's legend has the same: client-core/src/export/theme.rs.
  waiting: ['waiting', '等待中'],
  queued: ['queued', '排队'],
  'client-and-network': ['client and network', '客户端与网络'],
  answered: ['succeeded', '成功'],
  failed: ['failed', '失败'],

  // Both pages.
  toDark: ['Dark', '深色'],
  toLight: ['Light', '浅色'],
  otherLanguage: ['简体中文', 'English'],
  s: ['s', '秒'],
  ms: ['ms', 'ms'],
  client: ['client', '客户端'],

  // The live page: its counts and lanes.
  title: ['Three Seconds', 'Three Seconds'],
  numbers: ['What the server counts', '服务器的计数'],
  inFlight: ['in flight', '在途'],
  mostServed: ['most served', '最大并发'],
  rejected: ['rejected', '拒绝'],
  aborted: ['aborted', '断开'],
  lanes: ['Runs', '各次运行'],
  clear: ['Hide finished runs', '隐藏已结束的运行'],
  empty: [
    'No request has arrived yet. Start a client.',
    '还没有收到请求。请启动一个客户端。',
  ],
  unnamed: ['unnamed client', '未命名的客户端'],
  others: ['others', '其他'],
  run: [(run) => `run ${run}`, (run) => `运行 ${run}`],
  laneInFlight: [
    (count, seconds) => [count, `in flight, ${seconds}`],
    (count, seconds) => [count, `个在途，已用 ${seconds}`],
  ],
  laneOver: [
    (seconds, ideal) => [seconds, `ideal ${ideal}`],
    (seconds, ideal) => [seconds, `理想 ${ideal}`],
  ],
  unknown: ['unknown', '未知'],
  facts: [
    (answered, sent, served) => `${answered} succeeded of ${sent} sent, most served ${served}`,
    (answered, sent, served) => `已发出 ${sent} 个，成功 ${answered} 个，最大并发 ${served}`,
  ],
  answeredOfSent: ['succeeded / sent', '成功 / 已发出'],
  factsFailed: [
    (count) => `, ${count} failed, rejected or aborted`,
    (count) => `，${count} 个失败、被拒绝或已断开`,
  ],
  factsQueued: [(count) => `, ${count} queued`, (count) => `，${count} 个排队`],
  laneLabel: [
    (client, facts) => `Requests of ${client} in flight over time. ${facts}.`,
    (client, facts) => `${client} 的在途请求随时间的变化。${facts}。`,
  ],
  table: ['Show as a table', '以表格显示'],
  tableTitle: ['Runs, oldest first', '各次运行，从早到晚'],
  runName: ['run', '运行'],
  requests: ['requests', '请求'],
  time: ['time', '用时'],
  idealTime: ['ideal', '理想'],

  // The live page: its connection.
  live: ['live', '实时'],
  connecting: ['connecting …', '连接中……'],
  lost: ['disconnected; reconnecting …', '连接已断开，正在重连……'],

  // The live page: guesses.
  think: ['Your guess', '猜一猜'],
  howLong: ['How long will the next run take?', '下一次运行要用多久？'],
  note: ['Guess', '提交'],
  noted: [
    (guess) => `Your guess: ${guess}. Now start a client.`,
    (guess) => `你猜：${guess}。现在请启动一个客户端。`,
  ],
  during: [
    (guess, client) => `Your guess: ${guess}. ${client} is running …`,
    (guess, client) => `你猜：${guess}。${client} 正在运行……`,
  ],
  verdict: [
    (guess, took, ideal, off) => `Your guess: ${guess}. It took ${took} (ideal: ${ideal}). ${off}`,
    (guess, took, ideal, off) => `你猜：${guess}，实际用了 ${took}（理想 ${ideal}）。${off}`,
  ],
  exact: ['That is exactly right!', '完全正确！'],
  tooLow: [(by) => `The guess was ${by} too low.`, (by) => `猜短了 ${by}。`],
  tooHigh: [(by) => `The guess was ${by} too high.`, (by) => `猜长了 ${by}。`],

  // The live page: controls.
  server: ['Server settings', '服务器设置'],
  delay: ['Delay', '延迟'],
  jitter: ['Jitter up to', '抖动上限'],
  failRate: ['Failure rate', '失败率'],
  maxConcurrent: ['Max concurrent', '并发上限'],
  apply: ['Apply', '应用'],
  applied: ['Applied to all requests from now on.', '已生效，适用于此后的所有请求。'],
  reset: ['Reset counts', '计数清零'],
  wasReset: ['Counts reset.', '计数已清零。'],
  askTitle: ['The teacher’s token is required', '需要老师的令牌'],
  askToken: ['The server printed it when it started', '服务器启动时打印的令牌'],
  ok: ['OK', '确定'],
  cancel: ['Cancel', '取消'],
  refused: ['The server did not accept this token.', '服务器不接受这个令牌。'],
  unreachable: ['The server did not respond.', '服务器没有响应。'],

  // The report: its head and controls.
  reportTitle: ['What waiting costs', '等待的代价'],
  conditions: [
    ({ requests, duration, delay, url }) =>
      (duration ? `Each client fetched pages for ${duration} from ${url}` : `Each client fetched the same ${requests} pages from ${url}`) +
      (delay ? `, which delays every response by ${delay}.` : ', which does not report its delay.'),
    ({ requests, duration, delay, url }) =>
      (duration ? `每个客户端都在 ${duration} 内不断从 ${url} 获取页面` : `每个客户端都从 ${url} 获取同样的 ${requests} 个页面`) +
      (delay ? `，服务器对每个响应延迟 ${delay}。` : '，服务器没有给出它的延迟。'),
  ],
  idealUnknown: ['The ideal times are therefore unknown.', '因此理想用时未知。'],
  idealAssumed: [
    (delay) => `The ideal times assume that every response takes ${delay}, independently of the others.`,
    (delay) => `理想用时假定每个响应用时 ${delay}，且互不等待。`,
  ],
  // Each part where it is known: `null` is what a server does not tell.
  setup: [
    ({ jitter, failRate, limit, timeout, began, cpus, memory, system }) => [
      began,
      jitter && `jitter up to ${jitter}`,
      failRate && `${failRate} % fail as planned`,
      limit && `at most ${limit.places} served at a time, the others ${limit.when_full === 'queue' ? 'queued' : 'rejected'}`,
      `timeout ${timeout}`,
      `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`,
      memory && `${memory} GB of memory`,
      system,
    ],
    ({ jitter, failRate, limit, timeout, began, cpus, memory, system }) => [
      began,
      jitter && `抖动上限 ${jitter}`,
      failRate && `按设定失败 ${failRate} %`,
      limit && `同时最多处理 ${limit.places} 个，其余${limit.when_full === 'queue' ? '排队' : '被拒绝'}`,
      `超时 ${timeout}`,
      `${cpus} 个 CPU`,
      memory && `内存 ${memory} GB`,
      system,
    ],
  ],
  stopped: [
    (clients) => `Stopped with Ctrl-C. Clients that did not run: ${clients || 'none'}.`,
    (clients) => `被 Ctrl-C 中止。没有运行的客户端：${clients || '无'}。`,
  ],
  pictures: ['All clients on one time axis', '所有客户端，同一条时间轴'],
  play: ['Play', '播放'],
  pause: ['Pause', '暂停'],
  speed: ['Speed', '速度'],
  until: ['Show', '显示'],
  whole: [
    (client, time) => `everything, until ${client} ends (${time})`,
    (client, time) => `全部，到 ${client} 结束（${time}）`,
  ],
  part: [
    (client, time) => `until ${client} ends (${time})`,
    (client, time) => `到 ${client} 结束（${time}）`,
  ],
  moment: ['Time', '时刻'],
  momentOf: [(time, end) => `${time} of ${end}`, (time, end) => `${time}，全程 ${end}`],

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
      ideal ? `${time}，理想 ${ideal}${over ? `，${over}` : ''}` : `${time}，理想用时未知`,
  ],
  goesOn: [(time) => `until ${time} →`, (time) => `到 ${time} →`],
  countInFlight: [
    (n, queued) => `${n} in flight` + (queued === null ? '' : ` (${queued} of them queued)`),
    (n, queued) => `在途 ${n}` + (queued === null ? '' : `（其中 ${queued} 个排队）`),
  ],
  countAnswered: [(n) => `${n} succeeded`, (n) => `成功 ${n}`],
  countFailed: [(n) => `${n} failed`, (n) => `失败 ${n}`],
  ideal: ['ideal end', '理想的终点'],
  chosen: ['selected request', '选中的请求'],
  untold: ['in flight', '在途'],
  legendNoteUntold: [
    'A request is in flight from sending to the end of its response: connecting, any queue, the server’s own time and the transfer. The server did not report how long each of these took. Where there are more requests than pixels, the height shows how many were in flight.',
    '请求从发出到响应结束都是“在途”，包括建立连接、可能的排队、服务器自己的时间和响应的传输；服务器没有给出各占多久。请求多于像素时，用高度表示有多少个请求在途。',
  ],
  legendNote: [
    'A request is in flight from sending to the end of its response; it is queued while the server holds it until a permit is free, and waiting during the server’s delay. The server reports how long each took, not when: the rest is drawn first, as client and network, and includes any lateness of a busy server. Where there are more requests than pixels, the height shows how many were in each state.',
    '请求从发出到响应结束都是“在途”；服务器没有空闲许可时，请求“排队”；在服务器的延迟期间，请求“等待中”。服务器只给出各用了多久，不给出起止时刻：其余的时间画在最前面，算作“客户端与网络”，服务器繁忙造成的延误也在其中。请求多于像素时，用高度表示各种状态的请求各有多少。',
  ],
  pictureOf: [
    (client, requests, rows) =>
      `Picture of ${client}: ${requests} requests in ${rows} ${rows === 1 ? 'row' : 'rows'}. Arrow keys select a request.`,
    (client, requests, rows) =>
      `${client} 的图：${requests} 个请求，分为 ${rows} 行。用方向键选择请求。`,
  ],

  // The report: one request in every client.
  oneRequest: ['One request in every client', '同一个请求在各个客户端'],
  number: ['Request number', '请求编号'],
  chooseNone: ['None', '不选'],
  requestHint: [
    'Point at a bar, or select a picture with Tab and a request with the arrow keys.',
    '把鼠标移到色条上；或者用 Tab 键选中一幅图，再用方向键选择请求。',
  ],
  noRequest: ['No request selected.', '没有选中请求。'],
  requestLine: [
    ({ number, lane, sent, end, took, ending }) =>
      `Request ${number}: ${lane}, sent at ${sent}, ${ending} at ${end}, took ${took}`,
    ({ number, lane, sent, end, took, ending }) =>
      `请求 ${number}：${lane}，${sent} 发出，${end} ${ending}，用时 ${took}`,
  ],
  answeredAt: ['succeeded', '成功'],
  endedAt: [(why) => `ended (${why})`, (why) => `结束（${why}）`],
  notSent: [
    (number) => `Request ${number} was not sent`,
    (number) => `请求 ${number} 没有发出`,
  ],
  request: ['request', '请求'],
  lane: ['lane', '所属'],
  sent: ['sent', '发出'],
  ended: ['ended', '结束'],
  took: ['took', '用时'],
  outcome: ['outcome', '结果'],
  page200: ['page (200)', '页面（200）'],
  status: [(code) => `status ${code}`, (code) => `状态码 ${code}`],
  never: ['not sent', '未发出'],

  // The report: its tables.
  measured: ['Measured and ideal', '实测与理想'],
  measuredAlone: ['Measured', '实测'],
  peakNote: [
    '“Most served” is the server’s own count: the most requests that it served at the same time.',
    '“最大并发”由服务器统计：它同时处理过的请求最多有多少个。',
  ],
  overheadNote: [
    '“Over ideal” is the overhead: how much longer the run took than its ideal time.',
    '“超出理想”即额外开销：实际用时比理想用时多出的部分。',
  ],
  latency: ['Latency', '响应时间'],
  histogramOf: [
    (client, steps) => `Latencies of ${client}: ${steps}`,
    (client, steps) => `${client} 的响应时间分布：${steps}`,
  ],
  stepOf: [
    (from, to, n) => `${from} to ${to} ms: ${n}`,
    (from, to, n) => `${from} 到 ${to} ms：${n} 个`,
  ],
  dataOf: [(client) => `${client} as a table`, (client) => `${client} 的数据表`],
  eachRequest: [(client) => `Every request of ${client}`, (client) => `${client} 的每个请求`],
  slices: [
    (client, n) => `${client}, in ${n} equal intervals`,
    (client, n) => `${client}，全程分为 ${n} 个等长的时段`,
  ],
  from: ['from', '从'],
  to: ['to', '到'],
  mostInFlight: ['most in flight', '最多在途'],
  inFlightAtEnd: ['in flight at the end', '结束时在途'],
};

const inLanguage = (index) =>
  Object.fromEntries(Object.entries(WORDS).map(([key, pair]) => [key, pair[index]]));

/** The words by language; each language has all of them. */
export const LANGUAGES = { en: inLanguage(0), 'zh-CN': inLanguage(1) };
