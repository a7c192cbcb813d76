"""Whole-number, decimal, negative and percent families of the fractions tutor; see problems.py."""
from fractions import Fraction

from problems import Problem, show


def add_carry(rng):
    while True:
        a, b = rng.randint(15, 89), rng.randint(15, 89)
        if a % 10 + b % 10 >= 10:
            break
    ones, tens = a % 10 + b % 10, a // 10 + b // 10
    wrong = str(tens * 10 + ones % 10)
    return Problem("add_carry", tuple(sorted((a, b))),
                   [f"What is {a} + {b}?", f"Add {a} and {b}.", f"There are {a} books on one shelf and {b} on another. How many books are there?"],
                   [f"I got {wrong}.", f"{a % 10} + {b % 10} ends in {ones % 10} and {a // 10} + {b // 10} is {tens}, so {wrong}."],
                   wrong,
                   [f"The ten from {a % 10} + {b % 10} = {ones} was not carried.", f"The ones make {ones}, which is one ten more. That ten got lost."],
                   [f"Step 1: Ones: {a % 10} + {b % 10} = {ones}. Write {ones % 10}, carry 1.",
                    f"Step 2: Tens: {a // 10} + {b // 10} + 1 = {tens + 1}."],
                   str(a + b), f"{a}+{b}")


def subtract_borrow(rng):
    while True:
        a, b = rng.randint(31, 98), rng.randint(12, 79)
        if a > b + 5 and a % 10 < b % 10:
            break
    wrong = str((a // 10 - b // 10) * 10 + (b % 10 - a % 10))
    return Problem("subtract_borrow", (a, b),
                   [f"What is {a} - {b}?", f"Take {b} away from {a}.", f"A rope is {a} cm long. You cut off {b} cm. How many cm are left?"],
                   [f"I got {wrong}.", f"{b % 10} - {a % 10} = {b % 10 - a % 10} and {a // 10} - {b // 10} = {a // 10 - b // 10}, so {wrong}."],
                   wrong,
                   [f"In the ones you did {b % 10} - {a % 10}, but it must be {a % 10} - {b % 10}, and for that we borrow a ten.",
                    f"The ones were turned round. {a % 10} is too small to take {b % 10} from, so borrow a ten."],
                   [f"Step 1: Borrow a ten: {a % 10} becomes {a % 10 + 10}, and {a % 10 + 10} - {b % 10} = {a % 10 + 10 - b % 10}.",
                    f"Step 2: Tens: {a // 10} - 1 - {b // 10} = {a // 10 - 1 - b // 10}."],
                   str(a - b), f"{a}-{b}")


def multiply_by_digit(rng):
    a, b = rng.randint(12, 49), rng.randint(3, 9)
    while a % 10 == 0 or (a % 10) * b < 10:
        a, b = rng.randint(12, 49), rng.randint(3, 9)
    ones, tens = (a % 10) * b, (a // 10) * b
    wrong = str(tens * 10 + ones % 10)
    return Problem("multiply_by_digit", (a, b),
                   [f"What is {a} x {b}?", f"Multiply {a} by {b}.", f"A box holds {a} eggs. How many eggs are in {b} boxes?"],
                   [f"I got {wrong}.", f"I wrote {ones % 10} for the ones and {tens} for the tens: {wrong}."],
                   wrong,
                   [f"The ones make {ones}, and the {ones // 10} in the tens place was not carried.",
                    f"{a % 10} x {b} = {ones}. You kept the {ones % 10} and lost the {ones // 10} tens."],
                   [f"Step 1: {a % 10} x {b} = {ones}.", f"Step 2: {a // 10}0 x {b} = {tens * 10}.", f"Step 3: Add them: {tens * 10} + {ones} = {a * b}."],
                   str(a * b), f"{a}*{b}")


def divide_whole(rng):
    b, tens, ones = rng.randint(2, 9), rng.randint(1, 3), rng.randint(1, 9)
    a = b * (10 * tens + ones)
    wrong = str(tens + ones)
    return Problem("divide_whole", (a, b),
                   [f"What is {a} divided by {b}?", f"Share {a} cards fairly among {b} children. How many does each get?"],
                   [f"I split {a} into {b * tens * 10} and {b * ones}, and got {tens} + {ones} = {wrong}.", f"I got {wrong}."],
                   wrong,
                   [f"The value of a place got lost: {b * tens * 10} divided by {b} is {tens * 10}, not {tens}.",
                    f"One of the parts is ten times too small: {b * tens * 10} / {b} = {tens * 10}."],
                   [f"Step 1: {a} = {b * tens * 10} + {b * ones}.",
                    f"Step 2: {b * tens * 10} / {b} = {tens * 10} and {b * ones} / {b} = {ones}.", f"Step 3: {tens * 10} + {ones} = {tens * 10 + ones}."],
                   str(tens * 10 + ones), f"F({a},{b})")


def order_of_operations(rng):
    a, b, c = rng.randint(2, 20), rng.randint(2, 9), rng.randint(2, 9)
    wrong = str((a + b) * c)
    return Problem("order_of_operations", (a, b, c),
                   [f"What is {a} + {b} x {c}?", f"Work out {a} + {b} x {c}."],
                   [f"I went from left to right: {a} + {b} = {a + b}, times {c} is {wrong}.", f"I got {wrong}."],
                   wrong,
                   ["You added first. Multiplication comes before addition.", f"The mistake is starting with {a} + {b}. The {b} belongs to the product."],
                   [f"Step 1: Multiply first: {b} x {c} = {b * c}.", f"Step 2: Then add: {a} + {b * c} = {a + b * c}."],
                   str(a + b * c), f"{a}+{b}*{c}")


def add_negative(rng):
    a, b = rng.randint(2, 20), rng.randint(2, 20)
    while a == b:
        b = rng.randint(2, 20)
    total = b - a
    larger = "positive" if b > a else "negative"
    return Problem("add_negative", (a, b),
                   [f"What is -{a} + {b}?", f"It is -{a} degrees and gets {b} degrees warmer. What is the temperature?"],
                   [f"I added {a} and {b} and kept the minus: -{a + b}.", f"-{a + b}."],
                   f"-{a + b}",
                   [f"You moved the wrong way on the number line. Adding {b} goes to the right.",
                    "The signs differ, so the sizes are subtracted, not added."],
                   [f"Step 1: The sizes are {a} and {b}; their difference is {max(a, b)} - {min(a, b)} = {abs(total)}.",
                    f"Step 2: The larger size is {larger}, so the result is {larger}: {total}."],
                   str(total), f"-{a}+{b}")


def percent_of(rng):
    percent = rng.choice([5, 10, 15, 20, 25, 30, 40, 50, 60, 75])
    total = rng.randint(2, 20) * 20
    answer = Fraction(percent * total, 100)
    wrong = show(Fraction(total, percent))
    return Problem("percent_of", (percent, total),
                   [f"What is {percent}% of {total}?", f"A coat costs {total} euros. How many euros are {percent}% of that?"],
                   [f"I divided {total} by {percent} and got {wrong}.", f"{total} divided by {percent} is {wrong}."],
                   wrong,
                   [f"Percent means out of a hundred. {percent}% is {percent}/100, not a division by {percent}.",
                    "Start from 1%: that is the number divided by 100."],
                   [f"Step 1: 1% of {total} is {total} / 100 = {decimal(Fraction(total, 100))}.",
                    f"Step 2: {percent}% is {percent} x {decimal(Fraction(total, 100))} = {show(answer)}."],
                   show(answer), f"F({percent},100)*{total}")


def decimal(value):
    """A fraction with a denominator that divides 100, as a decimal: 11/5 -> 2.2."""
    hundredths = value * 100
    assert hundredths.denominator == 1, value
    whole, rest = divmod(int(hundredths), 100)
    return str(whole) if rest == 0 else f"{whole}.{rest:02d}".rstrip("0")


def add_decimals(rng):
    a, b = rng.randint(1, 9), rng.randint(1, 9)
    tenths, hundredths = rng.randint(1, 9), rng.randint(11, 89)
    while hundredths % 10 == 0:
        hundredths = rng.randint(11, 89)
    left, right = Fraction(10 * a + tenths, 10), Fraction(100 * b + hundredths, 100)
    total = left + right
    wrong = f"{a + b}.{tenths + hundredths}"
    first, second = f"{a}.{tenths}", f"{b}.{hundredths}"
    cents = 10 * tenths + hundredths
    carry = [f"Step 3: {cents} hundredths are 1 and {cents - 100} hundredths, so carry 1."] if cents >= 100 else []
    return Problem("add_decimals", (a, tenths, b, hundredths),
                   [f"What is {first} + {second}?", f"Add {first} and {second}."],
                   [f"I added {tenths} and {hundredths} after the point and got {wrong}.", f"{a} + {b} = {a + b} and {tenths} + {hundredths} = {tenths + hundredths}, so {wrong}."],
                   wrong,
                   [f"You added {tenths} tenths to {hundredths} hundredths as if they were the same. {first} is {first}0.",
                    "The digits after the point do not line up. Give both numbers two places first."],
                   [f"Step 1: Write {first} as {first}0.", f"Step 2: Hundredths: {10 * tenths} + {hundredths} = {cents}.", *carry,
                    f"Step {4 if carry else 3}: Wholes: {a} + {b}{' + 1' if carry else ''} = {a + b + (1 if carry else 0)}."],
                   decimal(total), f"F({10 * a + tenths},10)+F({100 * b + hundredths},100)")


FAMILIES = [add_carry, subtract_borrow, multiply_by_digit, divide_whole, order_of_operations, add_negative, percent_of, add_decimals]
