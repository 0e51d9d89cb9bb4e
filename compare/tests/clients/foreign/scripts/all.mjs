// All requests at once.
const [url, requests] = process.argv.slice(2);
const get = async () => (await fetch(url)).text();
await Promise.all(Array.from({ length: Number(requests) }, get));
