import sharp from "sharp"; import { existsSync } from "node:fs";
const [out, ...names] = process.argv.slice(2); const d="/tmp/e2e-shots/";
const H = 620; let rows = [];
for (const n of names) { let x = 0; const parts = [];
  for (const [w,s] of [[390,"light"],[390,"dark"],[1440,"light"],[1440,"dark"]]) { const f=`${d}${n}-${w}-${s}.png`; if(!existsSync(f)) continue;
    const W = w===390?290:720; const b = await sharp(f).resize({width:W}).toBuffer({resolveWithObject:true}); const h=Math.min(H,b.info.height);
    parts.push({input: await sharp(b.data).extract({left:0,top:0,width:W,height:h}).toBuffer(), left:x, top:0}); x+=W+8; }
  rows.push(await sharp({create:{width:2056,height:H,channels:3,background:"#888"}}).composite(parts).png().toBuffer()); }
await sharp({create:{width:2056,height:(H+8)*rows.length,channels:3,background:"#888"}}).composite(rows.map((r,i)=>({input:r,left:0,top:i*(H+8)}))).png().toFile(d+out);
