// Ten workers, each of which takes the next request when it has its response.
const [url, requests] = process.argv.slice(2);
let left = Number(requests);
const work = async () => {
  while (left-- > 0) await (await fetch(url)).text();
};
await Promise.all(Array.from({ length: 10 }, work));
