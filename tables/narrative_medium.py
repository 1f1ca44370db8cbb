"""Whether a sentence is about one of the body's media: what is published then is the medium's."""

from __future__ import annotations

from gouji.tables.narrative_words import Word

_BEFORE_SUBJECT = ("neutral", "time", "own", "region", "among", "and")


class SubjectMedium:
    """《公报》出刊24期，刊登信息356条: the 356 are the gazette's, not all that was published."""

    def __init__(self) -> None:
        self.name = ""
        self.open = False

    def hear(self, words: tuple[Word, ...], *, understood: bool) -> None:
        """Note which medium a clause begins with; in a clause not understood, any it names."""
        media = [word.name for word in words if word.kind == "medium"]
        if not media or any(word.kind == "means" for word in words):
            return
        lead = next((word for word in words if word.kind not in _BEFORE_SUBJECT), None)
        is_subject = lead is not None and lead.kind == "medium"
        if understood and not is_subject:
            return
        same = self.name in ("", media[0]) and len(media) == 1
        self.name = media[0] if is_subject and same and media[0] != "foreign" else "?"
        self.open = self.open or not understood

    def doubts(self, heard: tuple[Word, ...]) -> bool:
        """Whether a total of what was published may be that of a medium."""
        active = any(word.tag == "<publish:active>" for word in heard)
        return self.open if active else self.name != ""

    def of(self, template: str) -> str:
        """Put the medium the sentence is about in a reference; empty where it is not clear."""
        if "{subject_medium}" not in template:
            return template
        known = self.open and self.name not in ("", "?")
        return template.replace("{subject_medium}", self.name) if known else ""
