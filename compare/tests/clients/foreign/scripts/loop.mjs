// One request after another.
const [url, requests] = process.argv.slice(2);
for (let i = 0; i < Number(requests); i++) await (await fetch(url)).text();
