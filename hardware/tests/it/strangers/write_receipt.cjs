// Writes a receipt as receiptline makes it, which is not ours, to standard output.
'use strict';

const receiptline = require('receiptline');

const receipt = `^^^CORNER SHOP

Oat milk 1 l | 2.49
Crème brûlée, 2 pièces | 3.20
Čaj | 1.00
-
^TOTAL € | ^6.69

{code:4006381333931;option:ean}
{code:1-1-000042;option:code128}
{code:https://example.org/r/42;option:qrcode,6,m}
Thank you
=
`;

const printer = { cpl: 48, encoding: 'multilingual', command: 'epson', spacing: false };
process.stdout.write(receiptline.transform(receipt, printer), 'binary');
