"""When a job will end."""

from __future__ import annotations

from math import erfc, exp, log, pi, sqrt

from ims_tui.core.memory import Course, Memory, TypeMemory, coarse

R2 = sqrt(2.0)
BLUR = 1.0
SLOW = 0.05
SHIFT = 1.0
HEAVY = 1.5
LEAST = 1
E0 = 1.1
E1 = 0.6
PACE = 0.0
NORM = 1.0 / sqrt(2.0 * pi)
Part = tuple[float, float, float, float]  # weight, elapsed, mu, sd


def survival(y: float, mu: float, sd: float) -> float:
    return 0.5 * erfc((log(y) - mu) / (sd * R2)) if y > 0.0 else 1.0


def residual(a: float, mu: float, sd: float) -> tuple[float, float]:
    """Mean and variance of the rest of a lognormal length that lasted a."""
    if a <= 0.0:
        m = exp(mu + sd * sd / 2)
        return m, m * m * (exp(sd * sd) - 1)
    z = (mu - log(a)) / sd
    s = 0.5 * erfc(-z / R2)
    if s < 1e-6:
        return a * sd * sd, (a * sd * sd) ** 2
    m1 = exp(mu + sd * sd / 2) * 0.5 * erfc(-(z + sd) / R2) / s
    m2 = exp(2 * mu + 2 * sd * sd) * 0.5 * erfc(-(z + 2 * sd) / R2) / s
    return max(0.5, m1 - a), max(0.25, m2 - m1 * m1)


class Forecast:
    __slots__ = ("age_s", "eps", "parts", "tau")

    def __init__(self, parts: list[Part], eps: float, tau: float, age_s: float):
        self.parts, self.eps, self.tau, self.age_s = parts, eps, tau, age_s

    def hazard(self, x: float) -> float:
        y = self.tau + self.age_s + x
        s = self.eps * self.tau / y
        f = s / y
        for w, a, mu, sd in self.parts:
            y = a + x
            if y <= 0.0:
                s += w
                continue
            z = (log(y) - mu) / sd
            f += w * NORM * exp(-0.5 * z * z) / (y * sd)
            s += w * 0.5 * erfc(z / R2)
        return f / s

    def alive(self, x: float) -> float:
        """Chance that the job still runs x seconds from the look on."""

        def s(x: float) -> float:
            t = self.eps * self.tau / (self.tau + self.age_s + x)
            return t + sum(w * survival(a + x, mu, sd) for w, a, mu, sd in self.parts)

        return s(x) / s(0.0)

    def gap(self, price: float, fresh: float, weight: float, lo: float) -> float:
        k = 1.0 / (2.0 * price)
        x, dx, total = 0.0, 0.5, 0.0
        n0 = sqrt((self.hazard(0.0) * weight + fresh) * k)
        while True:
            n1 = sqrt((self.hazard(x + dx) * weight + fresh) * k)
            part = (n0 + n1) / 2 * dx
            if total + part >= 1.0:
                # linear density between the grid points: solve the quadratic
                rest, slope = 1.0 - total, (n1 - n0) / dx
                root = sqrt(max(0.0, n0 * n0 + 2 * slope * rest))
                return max(lo, x + 2 * rest / (n0 + root))
            total += part
            x += dx
            dx = max(0.5, 0.25 * x)
            n0 = n1


def forecast(
    memory: Memory, job_type: str | None, course: Course, age: float
) -> Forecast:
    kind = memory.types.get(job_type or "") or TypeMemory()
    pool = memory.all
    base = (1.0 + pool.surprises) / (10.0 + pool.jobs)
    eps = (8 * base + kind.surprises) / (8 + kind.jobs)
    tau = exp((3 * log(60) + kind.failed_log) / (3 + kind.failures))
    parts: list[Part] = []
    if course.marks:
        mark = course.marks[-1]
        a = age - mark.start_s
        v = kind.values.get(mark.value)
        ys = mark.yardsticks
        if v is None or v.count < LEAST:
            v = kind.values.get(coarse(mark.value))
        blur = BLUR * mark.blur**2 / 3
        if v is not None and v.count >= LEAST:
            q = (v.last_share * v.count + 0.3) / (v.count + 0.6)
            for share, shift, heavy in ((1 - SLOW, 0.0, 0.0), (SLOW, SHIFT, HEAVY)):
                if v.last.spreads[0].count:
                    mu, sd = v.last.best(ys)
                    sd = max(heavy, sqrt(sd*sd + blur/exp(2*mu)))
                    if q * share > 0.001:
                        parts.append((q * share * (1 - eps), a, mu + shift, sd))
                if v.more.spreads[0].count:
                    mu, sd = v.more.best(ys)
                    mu += shift
                    sd = max(sd, heavy)
                    weight = (1 - q) * share * (1 - eps) * survival(a, mu, sd)
                    if weight > 1e-5:
                        m, var = residual(a, mu, sd)
                        var += blur
                        mu_r, sd_r = v.rest.best(ys)
                        r = exp(mu_r)
                        mean = m + r
                        var += (r * sd_r) ** 2
                        s2 = log(1 + var / mean**2)
                        parts.append((weight, 0.0, log(mean) - s2 / 2, sqrt(s2)))
        else:
            p = mark.value[1]
            d = kind.duration
            width = 1e9
            if p:
                sd = E0 - E1 * p
                eta = max(1.0, mark.start_s * (1 - min(p, 0.995)) / p)
                eta = eta ** (1 - PACE) * mark.yardsticks[2] ** PACE
                width = eta * sd
                parts = [(1 - eps, a, log(eta), sd)]
            if d.count >= 2:
                sd = sqrt(d.expected_variance())
                if exp(d.mean) * sd < width:
                    parts = [(1 - eps, age, d.mean, sd)]
    return Forecast(parts, eps, tau, age)
