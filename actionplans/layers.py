"""The picture of a chain: boxes in columns from left to right, and arrows with what they stand for.

A box stands one column to the right of the furthest box that leads to it; the ends of the chain stand
behind all that lead on. Arrows that would close a circle are not drawn (`Layout.leading_back`). An arrow
that passes a column gets a lane of its own there. In front of a box, each arrow that leads to it has
room for its words, so no two words ever overlap.

This is geometry only: coordinates in the user units of an <svg> of `width` by `height`.
"""

import textwrap
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.utils.translation import ngettext

from metrics.split import Split

MOST_IN_COLUMN = 10
"""The boxes of one column beyond these are gathered in one."""

BOX_WIDTH, CURVE, WORDS = 150, 46, 130
PITCH = BOX_WIDTH + CURVE + WORDS
LINE, SPACE, EDGE, ICON = 16, 18, 8, 11
NAME_CHARACTERS, NAME_LINES = 17, 3
SWEEPS = 3


@dataclass(frozen=True)
class Words:
    """A line of text with the left end of its baseline."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Count(Words):
    """How many metrics stand under a verdict, behind the shape of the verdict."""

    verdict: str

    @property
    def icon_y(self) -> float:
        return round(self.y - ICON + 1, 2)

    @property
    def text_x(self) -> float:
        return self.x + ICON + 4


@dataclass(frozen=True)
class Arrow:
    """One link: its line, its head, and beside it how many promises there are and how they stand."""

    path: str
    head: str
    title: Words
    counts: list[Count]


@dataclass(frozen=True)
class Rest:
    """The place of the box that gathers what is too much for a column."""

    column: int


@dataclass(frozen=True)
class Lane:
    """The place in a column of an arrow that passes it on its way between two boxes."""

    giver: object
    receiver: object
    column: int


@dataclass
class Box:
    """What stands in a column: a station by its place, the rest of them, or a lane, which is not drawn."""

    place: object
    kind: str = ""
    what: str = ""
    lines: list[str] = field(default_factory=list)
    slots: list[tuple] = field(default_factory=list)
    """Who leads here, each with the height that its arrow needs."""
    x: float = 0
    y: float = 0

    @property
    def is_lane(self) -> bool:
        return isinstance(self.place, Lane)

    @property
    def height(self) -> float:
        text = LINE * (len(self.lines) + 1) + 2 * EDGE
        return LINE if self.is_lane else max(text, sum(height for _link, height in self.slots))

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2, 2)

    @property
    def width(self) -> float:
        return BOX_WIDTH

    @property
    def words(self) -> list[Words]:
        """The name, line by line, set around the middle."""
        first = self.middle - LINE * (len(self.lines) + 1) / 2 + LINE * 0.75
        return [Words(text, self.x + EDGE, round(first + LINE * n, 2)) for n, text in enumerate(self.lines)]

    @property
    def foot(self) -> Words:
        """What the station is, below its name."""
        return Words(self.what, self.x + EDGE, round(self.words[-1].y + LINE, 2))


@dataclass(frozen=True)
class Layout:
    """The whole picture. Links that lead back to an earlier station are only named."""

    columns: dict
    """In which column each station stands, by its place."""
    width: float
    height: float
    boxes: list[Box]
    arrows: list[Arrow]
    leading_back: list


def lay_out(stations: Mapping, links: Sequence, ends: Collection) -> Layout:
    """Lay out the picture of these links between these stations, which are told apart by their places."""
    return Picture(stations, links, ends).layout


@dataclass
class Picture:
    """What is worked out on the way to a layout."""

    stations: Mapping
    links: Sequence
    ends: Collection

    @cached_property
    def columns(self) -> dict:
        """The column of each station, by its place."""
        givers = defaultdict(list)
        for link in self.links:
            givers[link.receiver.place].append(link.giver.place)
        columns = {}
        # A circle is cut behind the station that is asked first: who delivers to this unit stands before it.
        for place in sorted(self.stations, key=lambda place: self.stations[place].kind != "us"):
            find_column(place, givers, columns, set())
        behind_all = max((columns[link.giver.place] for link in self.links), default=-1) + 1
        return {place: behind_all if place in self.ends else at for place, at in columns.items()}

    @property
    def leading_back(self) -> list:
        return [link for link in self.links if not self._leads_on(link)]

    def _leads_on(self, link) -> bool:
        return self.columns[link.giver.place] < self.columns[link.receiver.place]

    @cached_property
    def gathered(self) -> dict:
        """By place, the place of the box in which a station is drawn: its own, or that of all the rest."""
        boxes, by_column = {}, defaultdict(list)
        for place in sorted(self.stations, key=self._weight, reverse=True):
            by_column[self.columns[place]].append(place)
        for column, places in by_column.items():
            kept = places if len(places) <= MOST_IN_COLUMN else places[: MOST_IN_COLUMN - 1]
            boxes |= {place: place if place in kept else Rest(column) for place in places}
        return boxes

    def _weight(self, place) -> tuple:
        """Stations stay in the picture for this: to be the unit itself, then to be linked with it."""
        return self.stations[place].kind == "us", place in self._near

    @cached_property
    def _near(self) -> set:
        ends = [(link.giver, link.receiver) for link in self.links]
        return {each.place for pair in ends if "us" in (pair[0].kind, pair[1].kind) for each in pair}

    @cached_property
    def drawn(self) -> dict[tuple, list]:
        """The links that are drawn, by the boxes they lead from and to."""
        found = defaultdict(list)
        for link in self.links:
            if self._leads_on(link):
                found[self.gathered[link.giver.place], self.gathered[link.receiver.place]].append(link)
        return found

    @cached_property
    def boxes(self) -> dict[int, list[Box]]:
        """The boxes of each column from the top, lanes among them, so that few arrows cross."""
        columns = defaultdict(dict)
        for place in self.stations:
            column, drawn_at = self.columns[place], self.gathered[place]
            columns[column].setdefault(drawn_at, self._box(drawn_at))
        for (giver, receiver), _links in self.drawn.items():
            for column in range(self._column(giver) + 1, self._column(receiver)):
                lane = Lane(giver, receiver, column)
                columns[column][lane] = Box(lane)
        ordered = {column: list(boxes.values()) for column, boxes in sorted(columns.items())}
        for _sweep in range(SWEEPS):
            for column in list(ordered)[1:]:
                ordered[column] = self._sorted_by_givers(ordered[column], ordered[column - 1])
        return ordered

    def _column(self, place) -> int:
        return place.column if isinstance(place, Rest) else self.columns[place]

    def _box(self, place) -> Box:
        if isinstance(place, Rest):
            count = sum(drawn_at == place for drawn_at in self.gathered.values())
            name = ngettext("%(count)d more", "%(count)d more", count) % {"count": count}
            return Box(place, "rest", "", [name])
        station = self.stations[place]
        return Box(place, station.kind.value, station.kind.label, wrapped(station.name))

    def _sorted_by_givers(self, boxes: list[Box], before: list[Box]) -> list[Box]:
        order = {box.place: n for n, box in enumerate(before)}
        places = {box.place: self._mean(self._givers(box.place), order, n) for n, box in enumerate(boxes)}
        return sorted(boxes, key=lambda box: places[box.place])

    def _givers(self, place) -> list:
        """The boxes or lanes in the column before from which something leads here."""
        if isinstance(place, Lane):
            return [self._stop(place.giver, place.receiver, place.column - 1)]
        column = self._column(place)
        return [self._stop(giver, to, column - 1) for giver, to in self.drawn if to == place]

    def _stop(self, giver, receiver, column: int):
        """Where the arrow between two boxes is in a column: its giver there, or its lane."""
        return giver if self._column(giver) == column else Lane(giver, receiver, column)

    @staticmethod
    def _mean(givers: list, order: dict, otherwise: float) -> float:
        known = [order[giver] for giver in givers if giver in order]
        return sum(known) / len(known) if known else otherwise

    @cached_property
    def layout(self) -> Layout:
        by_place = {box.place: box for boxes in self.boxes.values() for box in boxes}
        as_one = {pair: summed(links) for pair, links in self.drawn.items()}
        order = {place: n for n, place in enumerate(by_place)}
        for (giver, receiver), link in sorted(as_one.items(), key=lambda item: order[item[0][0]]):
            by_place[receiver].slots.append((giver, LINE * (len(link.split.parts) + 1) + SPACE))
        height = max((stacked_height(boxes) for boxes in self.boxes.values()), default=0)
        for column, boxes in self.boxes.items():
            y = (height - stacked_height(boxes)) / 2
            for box in boxes:
                box.x, box.y = EDGE + PITCH * column, round(EDGE + y, 2)
                y += box.height + SPACE
        arrows = [self._arrow(giver, receiver, link, by_place) for (giver, receiver), link in as_one.items()]
        boxes = [box for box in by_place.values() if not box.is_lane]
        width = PITCH * max(self.boxes, default=0) + BOX_WIDTH + 2 * EDGE
        return Layout(self.columns, width, round(height + 2 * EDGE, 2), boxes, arrows, self.leading_back)

    def _arrow(self, giver, receiver, link, by_place: dict) -> Arrow:
        start, end = by_place[giver], by_place[receiver]
        y = slot_line(end, giver)
        x = start.x + BOX_WIDTH
        path = f"M{x} {start.middle}"
        for column in range(self._column(giver) + 1, self._column(receiver)):
            lane = by_place[Lane(giver, receiver, column)]
            path += curve(x, lane.middle, from_y=by_place[self._stop(giver, receiver, column - 1)].middle)
            x = lane.x + BOX_WIDTH
            path += f"H{x}"
        last = self._stop(giver, receiver, self._column(receiver) - 1)
        path += curve(x, y, from_y=by_place[last].middle) + f"H{end.x - 2}"
        left = end.x - WORDS
        return Arrow(
            path,
            f"M{end.x - 9} {round(y - 5, 2)}L{end.x - 1} {y}L{end.x - 9} {round(y + 5, 2)}",
            Words(link.promises_in_words, left, round(y - 5, 2)),
            [
                Count(part.words, left, round(y + LINE * (n + 1) - 2, 2), part.verdict)
                for n, part in enumerate(link.split.parts)
            ],
        )


def summed(links: Sequence):
    """Several links between two boxes as one, which is like the first but for what it stands for."""
    promises = sum(link.promises for link in links)
    return replace(links[0], promises=promises, split=Split.together(link.split for link in links))


def find_column(place, givers: Mapping, columns: dict, on_the_way: set) -> int:
    """One column behind the furthest of its givers; one that was passed on the way closes a circle."""
    if place not in columns:
        on_the_way.add(place)
        before = [
            find_column(giver, givers, columns, on_the_way)
            for giver in givers[place]
            if giver not in on_the_way
        ]
        columns[place] = max(before, default=-1) + 1
        on_the_way.discard(place)
    return columns[place]


def wrapped(name: str) -> list[str]:
    """The name on as many lines as a box has."""
    lines = textwrap.wrap(name, NAME_CHARACTERS)
    if len(lines) > NAME_LINES:
        lines = [*lines[: NAME_LINES - 1], lines[NAME_LINES - 1][: NAME_CHARACTERS - 1].rstrip() + "…"]
    return lines


def stacked_height(boxes: list[Box]) -> float:
    return sum(box.height + SPACE for box in boxes) - SPACE


def slot_line(box: Box, giver) -> float:
    """The height at which the arrow from this giver reaches the box: below the first words of its slot."""
    y = box.y + (box.height - sum(height for _giver, height in box.slots)) / 2
    for other, height in box.slots:
        if other == giver:
            return round(y + LINE + SPACE / 4, 2)
        y += height
    raise LookupError(giver)


def curve(x: float, to_y: float, *, from_y: float) -> str:
    """From a height to another one, across the room between a column and the words before the next."""
    return f"C{x + CURVE / 2} {from_y} {x + CURVE / 2} {to_y} {x + CURVE} {to_y}"
