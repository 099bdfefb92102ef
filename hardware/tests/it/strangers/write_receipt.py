"""Writes a receipt as python-escpos makes it, which is not ours, to standard output."""

import contextlib
import sys

from escpos.printer import Dummy
from PIL import Image

receipt = Dummy(profile="TM-T88V")
receipt.set(align="center", bold=True, double_width=True, double_height=True)
receipt.text("CORNER SHOP\n")
receipt.set(align="left", bold=False, normal_textsize=True)
receipt.text("Oat milk 1 l                             2.49\n")
receipt.text("Crème brûlée, 2 pièces                   3.20\n")
receipt.text("Łódź żółć                                1.00\n")
receipt.set(bold=True)
receipt.text("TOTAL €                                  6.69\n")
receipt.set(bold=False, align="center")
# A stamp in dots: a frame with a bar through it.
stamp = Image.new("1", (96, 32), 1)
for x in range(96):
    for y in (0, 1, 15, 16, 30, 31):
        stamp.putpixel((x, y), 0)
receipt.image(stamp)
with contextlib.redirect_stdout(sys.stderr):  # It tells which way it makes bars.
    receipt.barcode("4006381333931", "EAN13", function_type="B")
    receipt.barcode("{B1-1-000042", "CODE128", function_type="B")
receipt.qr("https://example.org/r/42", size=6, native=True)
receipt.text("Thank you\n")
receipt.cut()
receipt.cashdraw(2)
sys.stdout.buffer.write(receipt.output)
