"""Problem families of the fractions tutor: a question, a student's typical mistake, and the repair.

A family is a function of a random generator that returns a Problem. Every number in it is worked out with
fractions.Fraction; `expression` states the question once more in arithmetic, so that generate.py can check the
answer by a way of its own.
"""
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm


@dataclass
class Problem:
    family: str
    key: tuple               # operands: two problems with one key are the same problem
    questions: list          # phrasings of the question
    attempts: list           # phrasings of one wrong attempt
    wrong: str               # the attempt's result, never equal to the answer
    diagnosis: list          # phrasings of where the mistake is
    steps: list              # the repair, one line a step
    answer: str              # lowest terms; mixed numbers as "2 1/3" where the question asks for one
    expression: str          # Python over Fraction: "F(1,2)+F(1,3)"


def show(value):
    value = Fraction(value)
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


PIECES = {2: "half", 3: "third", 4: "quarter", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth", 10: "tenth",
          11: "eleventh", 12: "twelfth"}


def pieces(denominator):
    return "halves" if denominator == 2 else PIECES[denominator] + "s"


def lowest(numerator, denominator):
    """The line that reduces a raw result, or None when it is in lowest terms already."""
    divisor = gcd(numerator, denominator)
    if divisor == 1:
        return None
    reduced = Fraction(numerator, denominator)
    return f"Simplify: divide top and bottom of {numerator}/{denominator} by {divisor} to get {show(reduced)}."


def proper(rng, largest=9, smallest=2):
    denominator = rng.randint(smallest, largest)
    numerators = [n for n in range(1, denominator) if gcd(n, denominator) == 1]
    return rng.choice(numerators), denominator


def add_like(rng):
    d = rng.randint(3, 12)
    a, b = rng.randint(1, d - 1), rng.randint(1, d - 1)
    answer = Fraction(a + b, d)
    wrong = f"{a + b}/{d + d}"
    steps = [f"Step 1: Both fractions count {pieces(d)}, so the pieces have the same size.",
             f"Step 2: Add the tops: {a} + {b} = {a + b}. Keep the bottom: {a + b}/{d}."]
    if line := lowest(a + b, d):
        steps.append("Step 3: " + line)
    return Problem(
        "add_like", (*sorted((a, b)), d),
        [f"What is {a}/{d} + {b}/{d}?", f"Add {a}/{d} and {b}/{d}.", f"Work out {a}/{d} + {b}/{d}."],
        [f"I added the tops and the bottoms and got {wrong}.", f"I think it is {wrong}, because {a} + {b} = {a + b} and {d} + {d} = {d + d}."],
        wrong,
        [f"The tops are right, but you also added the bottoms. The bottom only names the size of the pieces, and that stays {d}.",
         f"The mistake is {d} + {d} = {d + d}. Adding pieces does not change their size, so the bottom stays {d}."],
        steps, show(answer), f"F({a},{d})+F({b},{d})")


def unlike_pair(rng):
    while True:
        (a, b), (c, d) = proper(rng), proper(rng)
        if b != d:
            return a, b, c, d


def add_unlike(rng):
    a, b, c, d = unlike_pair(rng)
    m = lcm(b, d)
    x, y = a * m // b, c * m // d
    steps = [f"Step 1: Find a common bottom. {b} and {d} both go into {m}.",
             f"Step 2: {a}/{b} = {x}/{m} and {c}/{d} = {y}/{m}.",
             f"Step 3: Add the tops: {x} + {y} = {x + y}, so {x + y}/{m}."]
    if line := lowest(x + y, m):
        steps.append("Step 4: " + line)
    if rng.random() < 0.5 or (a + c) == (x + y):
        wrong = f"{a + c}/{b + d}"
        attempts = [f"I added the tops and the bottoms and got {wrong}.", f"I did {a} + {c} = {a + c} and {b} + {d} = {b + d}, so {wrong}."]
        diagnosis = [f"You added the bottoms, {b} + {d} = {b + d}. The bottoms name sizes of pieces, and these pieces have different sizes.",
                     f"The mistake is adding {b} + {d}. Before adding, both fractions need pieces of one size."]
    else:
        wrong = f"{a + c}/{m}"
        attempts = [f"I used {m} as the common bottom and added the tops: {wrong}.", f"The common bottom is {m} and {a} + {c} = {a + c}, so I got {wrong}."]
        diagnosis = [f"The common bottom {m} is right, but the tops were not changed with it.",
                     f"Good choice of {m}. The mistake is adding {a} + {c}: each top must grow as its bottom does."]
    return Problem("add_unlike", tuple(sorted([(a, b), (c, d)])),
                   [f"What is {a}/{b} + {c}/{d}?", f"Work out {a}/{b} + {c}/{d}.",
                    f"One jug holds {a}/{b} of a litre and another {c}/{d} of a litre. How many litres is that together?"],
                   attempts, wrong, diagnosis, steps, show(Fraction(a, b) + Fraction(c, d)), f"F({a},{b})+F({c},{d})")


def subtract_unlike(rng):
    while True:
        a, b, c, d = unlike_pair(rng)
        if Fraction(a, b) > Fraction(c, d) and b != d:
            break
    m = lcm(b, d)
    x, y = a * m // b, c * m // d
    steps = [f"Step 1: Find a common bottom. {b} and {d} both go into {m}.",
             f"Step 2: {a}/{b} = {x}/{m} and {c}/{d} = {y}/{m}.",
             f"Step 3: Subtract the tops: {x} - {y} = {x - y}, so {x - y}/{m}."]
    if line := lowest(x - y, m):
        steps.append("Step 4: " + line)
    wrong = f"{abs(a - c)}/{abs(b - d)}"
    return Problem("subtract_unlike", (a, b, c, d),
                   [f"What is {a}/{b} - {c}/{d}?", f"Subtract {c}/{d} from {a}/{b}.",
                    f"A bottle has {a}/{b} of a litre. You drink {c}/{d} of a litre. How much is left?"],
                   [f"I subtracted the tops and the bottoms and got {wrong}.", f"I took the smaller from the larger, top and bottom: {wrong}."],
                   wrong,
                   [f"You subtracted the bottoms {b} and {d}. They name sizes of pieces; make the pieces equal first.",
                    "The mistake is subtracting the bottoms. Pieces of different sizes cannot be taken away until they match."],
                   steps, show(Fraction(a, b) - Fraction(c, d)), f"F({a},{b})-F({c},{d})")


def multiply(rng):
    (a, b), (c, d) = proper(rng), proper(rng)
    raw = (a * c, b * d)
    steps = [f"Step 1: Multiply the tops: {a} x {c} = {a * c}.", f"Step 2: Multiply the bottoms: {b} x {d} = {b * d}. That is {raw[0]}/{raw[1]}."]
    if line := lowest(*raw):
        steps.append("Step 3: " + line)
    wrong = f"{a * d}/{b * c}"
    return Problem("multiply", tuple(sorted([(a, b), (c, d)])),
                   [f"What is {a}/{b} x {c}/{d}?", f"Multiply {a}/{b} by {c}/{d}.", f"What is {a}/{b} of {c}/{d}?"],
                   [f"I cross multiplied and got {wrong}.", f"I did {a} x {d} = {a * d} and {b} x {c} = {b * c}, so {wrong}."],
                   wrong,
                   ["You multiplied crosswise. That is for comparing or dividing; a product goes straight across.",
                    f"The mistake is {a} x {d}. For a product, top goes with top and bottom with bottom."],
                   steps, show(Fraction(a * c, b * d)), f"F({a},{b})*F({c},{d})")


def divide(rng):
    (a, b), (c, d) = proper(rng), proper(rng)
    raw = (a * d, b * c)
    steps = [f"Step 1: Turn the second fraction over: {c}/{d} becomes {d}/{c}.",
             f"Step 2: Multiply: {a} x {d} = {a * d} and {b} x {c} = {b * c}. That is {raw[0]}/{raw[1]}."]
    if line := lowest(*raw):
        steps.append("Step 3: " + line)
    if rng.random() < 0.5:
        wrong = f"{a * c}/{b * d}"
        attempts = [f"I multiplied straight across and got {wrong}.", f"I got {wrong} from {a} x {c} and {b} x {d}."]
        diagnosis = ["You multiplied without turning the second fraction over, so you answered a multiplication.",
                     f"The mistake is in the first move: dividing by {c}/{d} means multiplying by {d}/{c}."]
    else:
        wrong = f"{b * c}/{a * d}"
        attempts = [f"I turned {a}/{b} over and multiplied, which gives {wrong}.", f"I flipped the first fraction and got {wrong}."]
        diagnosis = ["You turned over the first fraction. It is the second one, the one we divide by, that is turned over.",
                     f"The mistake is flipping {a}/{b}. Keep it and flip {c}/{d}."]
    return Problem("divide", (a, b, c, d),
                   [f"What is {a}/{b} divided by {c}/{d}?", f"Divide {a}/{b} by {c}/{d}.", f"How many times does {c}/{d} go into {a}/{b}?"],
                   attempts, wrong, diagnosis, steps, show(Fraction(a, b) / Fraction(c, d)), f"F({a},{b})/F({c},{d})")


def simplify(rng):
    n, d = proper(rng)
    k = rng.randint(2, 9)
    wrong = f"{n * k // k}/{d * k}" if rng.random() < 0.5 else f"{n * k - 1}/{d * k - 1}"
    top_only = wrong.endswith(f"/{d * k}")
    return Problem("simplify", (n, d, k),
                   [f"Write {n * k}/{d * k} in lowest terms.", f"Simplify {n * k}/{d * k}.", f"Reduce {n * k}/{d * k} as far as it goes."],
                   [f"I divided the top by {k} and got {wrong}." if top_only else f"I took 1 from the top and the bottom and got {wrong}."],
                   wrong,
                   ["You divided only the top. Top and bottom must be divided by the same number." if top_only
                    else "You subtracted. Subtracting changes the value; only dividing top and bottom by one number keeps it."],
                   [f"Step 1: The largest number that divides both {n * k} and {d * k} is {k}.",
                    f"Step 2: {n * k} / {k} = {n} and {d * k} / {k} = {d}."],
                   show(Fraction(n, d)), f"F({n * k},{d * k})")


def compare(rng):
    while True:
        a, b, c, d = unlike_pair(rng)
        left, right = Fraction(a, b), Fraction(c, d)
        if left != right and (b > d) == (left < right):
            break
    m = lcm(b, d)
    x, y = a * m // b, c * m // d
    larger, smaller = (f"{a}/{b}", f"{c}/{d}") if left > right else (f"{c}/{d}", f"{a}/{b}")
    return Problem("compare", tuple(sorted([(a, b), (c, d)])),
                   [f"Which is larger, {a}/{b} or {c}/{d}?", f"Pick the larger fraction: {a}/{b} or {c}/{d}.",
                    f"Who ate more of the same cake: someone with {a}/{b} or someone with {c}/{d}? Give the larger fraction."],
                   [f"I chose {smaller}, because {smaller.split('/')[1]} is the bigger number at the bottom.", f"{smaller}, its bottom number is bigger."],
                   smaller,
                   ["You compared the bottoms alone. A bigger bottom means smaller pieces.",
                    f"The mistake is looking only at the bottoms {b} and {d}. Count pieces of one size instead."],
                   [f"Step 1: Use the common bottom {m}.", f"Step 2: {a}/{b} = {x}/{m} and {c}/{d} = {y}/{m}.",
                    f"Step 3: {max(x, y)} is more than {min(x, y)}, so {larger} is larger."],
                   larger, f"max(F({a},{b}),F({c},{d}))")


def to_improper(rng):
    whole = rng.randint(1, 9)
    n, d = proper(rng)
    top = whole * d + n
    wrong = f"{whole + n}/{d}"
    return Problem("to_improper", (whole, n, d),
                   [f"Write {whole} {n}/{d} as one fraction.", f"Turn the mixed number {whole} {n}/{d} into an improper fraction."],
                   [f"I added {whole} and {n} and got {wrong}.", f"{whole} + {n} is {whole + n}, so {wrong}."],
                   wrong,
                   [f"You added the {whole} to the top. Each whole is worth {d} {pieces(d)}, not 1.",
                    f"The mistake is counting each whole as one piece. A whole has {d} pieces here."],
                   [f"Step 1: {'1 whole is' if whole == 1 else f'{whole} wholes are'} {whole} x {d} = {whole * d} {pieces(d)}.",
                    f"Step 2: Add the {n} more: {whole * d} + {n} = {top}. The bottom stays {d}."],
                   f"{top}/{d}", f"{whole}+F({n},{d})")


def to_mixed(rng):
    whole = rng.randint(1, 9)
    n, d = proper(rng)
    top = whole * d + n
    wrong = f"{whole} {d}/{n}" if n != 1 else f"{n} {whole}/{d}"
    return Problem("to_mixed", (whole, n, d),
                   [f"Write {top}/{d} as a mixed number.", f"Turn {top}/{d} into a whole number and a fraction."],
                   [f"I divided and wrote {wrong}.", f"I got {wrong}."],
                   wrong,
                   ["The division is the right idea, but the parts are in the wrong places.",
                    f"Check the places: the whole number is how often {d} fits, and the rest goes on top."],
                   [f"Step 1: Count the wholes: {whole} x {d} = {whole * d}, and one more {d} would be too much. The whole number is {whole}.",
                    f"Step 2: The rest is {top} - {whole * d} = {n}, so the fraction part is {n}/{d}."],
                   f"{whole} {n}/{d}", f"F({top},{d})")


def fraction_of(rng):
    n, d = proper(rng)
    unit = rng.randint(2, 12)
    total = unit * d
    noun = rng.choice(["marbles", "pencils", "pages", "stickers", "seeds"])
    wrong = f"{unit}" if n > 1 else f"{total - d}"
    attempts = ([f"I divided {total} by {d} and got {wrong}."] if n > 1 else [f"I took {d} away from {total} and got {wrong}."])
    diagnosis = ([f"Dividing by {d} was right, but that is only one {PIECES[d]}. You need {n} of those parts."] if n > 1
                 else [f"You subtracted {d}. The bottom number tells how many equal parts to make, so divide."])
    steps = [f"Step 1: One {PIECES[d]} of {total} is {total} / {d} = {unit}."]
    if n > 1:
        steps.append(f"Step 2: {n} such parts are {n} x {unit} = {n * unit}.")
    return Problem("fraction_of", (n, d, unit),
                   [f"What is {n}/{d} of {total}?", f"There are {total} {noun}. How many are {n}/{d} of them?"],
                   attempts, wrong, diagnosis, steps, str(n * unit), f"F({n},{d})*{total}")


def equivalent(rng):
    n, d = proper(rng)
    k = rng.randint(2, 9)
    wrong = str(n + d * k - d)
    return Problem("equivalent", (n, d, k),
                   [f"Fill in the missing number: {n}/{d} = ?/{d * k}.", f"{n}/{d} is the same as how many {d * k}ths?"],
                   [f"The bottom grew by {d * k - d}, so I added {d * k - d} to the top: {wrong}.",
                    f"I added {d * k - d} to top and bottom and got {wrong}."],
                   wrong,
                   [f"The step from {d} to {d * k} is a multiplication, not an addition.",
                    f"Ask what {d} was multiplied by to make {d * k}, and do the same to the top."],
                   [f"Step 1: {d} x {k} = {d * k}, so the bottom was multiplied by {k}.", f"Step 2: Do the same on top: {n} x {k} = {n * k}."],
                   str(n * k), f"F({n},{d})*{d * k}")


FAMILIES = [add_like, add_unlike, subtract_unlike, multiply, divide, simplify, compare, to_improper, to_mixed, fraction_of, equivalent]
