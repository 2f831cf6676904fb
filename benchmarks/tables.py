"""What was measured, as a person reads it: medians, and between what they lie."""

from collections.abc import Mapping, Sequence
from statistics import median

from process import Usage

Results = Mapping[str, Mapping[str, Sequence[Usage]]]  # scenario, contestant, runs
Stages = Mapping[str, Sequence[float]]  # stage: wall and CPU seconds


def contest_table(results: Results, names: Sequence[str]) -> str:
    """One size of corpus: a line for each scenario and program, and our times as multiples of each rival's."""
    rows = [["", "", "wall s", "CPU s", "MB", "ours: wall", "ours: CPU"]]
    for scenario, by_name in results.items():
        for name in names:
            runs = by_name[name]
            row = [
                scenario if name == names[0] else "",
                name,
                spread([run.wall for run in runs]),
                spread([run.cpu for run in runs]),
                f"{median(run.memory for run in runs):.0f}",
            ]
            if name != names[0]:
                row += [f"{spread(found)} x" for found in ratios(by_name[names[0]], runs)]
            rows.append([*row, "", ""][: len(rows[0])])
    return columns(rows)


def stage_table(runs: Sequence[Stages], parts: int) -> str:
    """Our own stages: seconds, CPU milliseconds a part, and the share of the CPU's time."""
    cpu = {stage: median(run[stage][1] for run in runs) for stage in runs[0]}
    total = sum(cpu.values())
    rows = [["stage", "wall s", "CPU s", "share", "CPU ms a part"]]
    for stage, seconds in cpu.items():
        wall, used = (spread([run[stage][kind] for run in runs]) for kind in (0, 1))
        rows.append([stage, wall, used, f"{seconds / total:.0%}", f"{seconds / parts * 1000:.2f}"])
    walls = [sum(wall for wall, _ in run.values()) for run in runs]
    cpus = [sum(used for _, used in run.values()) for run in runs]
    rows.append(["together", spread(walls), spread(cpus), "100%", f"{total / parts * 1000:.2f}"])
    return columns(rows)


def ratios(ours: Sequence[Usage], theirs: Sequence[Usage]) -> tuple[list[float], list[float]]:
    """Of wall and of CPU times, run by run, since neighbours in time meet the same machine."""
    pairs = list(zip(ours, theirs, strict=True))
    return [one.wall / other.wall for one, other in pairs], [one.cpu / other.cpu for one, other in pairs]


def spread(values: Sequence[float]) -> str:
    """The median, and the least and the most."""
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Cells under one another: words to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
    return "\n".join(lines)
