#!/usr/bin/env python3
"""Writes the manual pages in docs/man from what the programs say of themselves, so that neither can differ.
usage: manual.py [--check] PROGRAM...      --check: writes nothing, and fails where a page is not what would be written"""
import json
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "docs" / "man"

FILES = {
    "fotoplayer": [
        ("presets/piano.safetensors, then the installed plugin's voices", "The voice, where none is named."),
        ("presets/roll.safetensors, then ~/.local/share/fotoplayer/roll.safetensors",
         "What reads films, where nothing is named."),
        ("~/.local/state/fotoplayer/NAME.json", "The settings of host, by the client's name (XDG_STATE_HOME)."),
        ("~/.local/share/fotoplayer/presets", "Presets that were saved in host (XDG_DATA_HOME)."),
        ("~/.local/share/fotoplayer/voices", "Voices that host finds by their names."),
    ],
}
ENVIRONMENT = {
    "fotoplayer": [
        ("FOTOPLAYER_VOICE", "The voice, where none is named on the command line."),
        ("FOTOPLAYER_ROLL", "What reads films, where it is not named on the command line."),
        ("JACK_DEFAULT_SERVER", "The JACK server, where none is named on the command line."),
        ("NSM_URL", "The session manager to answer, for host; a program started without a command is host then."),
        ("LV2_PATH", "Where installed bundles, and so voices, are looked for."),
    ],
}
# Defaults that are the machine's.
MACHINE = {"jobs": "one for each processor"}
SEE_ALSO = {"fotoplayer": ["jackd", "jalv"], "fotoplayer-train": [], "lv2-perform": ["lv2ls", "jalv"]}


def text(words: str) -> str:
    """Words as roff takes them literally."""
    escaped = words.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in escaped.split("\n"))


def paragraphs(discussion: str) -> list[str]:
    """Blocks of prose are filled, indented ones are left as they are."""
    lines: list[str] = []
    is_literal = is_parted = False
    for line in discussion.strip("\n").split("\n"):
        if not line:
            is_parted = True
            continue
        if line.startswith("  ") != is_literal:
            is_literal = not is_literal
            lines.append(".nf\n.RS" if is_literal else ".RE\n.fi\n.PP")
        elif is_parted:
            lines.append(".PP")
        is_parted = False
        lines.append(text(line[2:] if is_literal else line))
    return lines + ([".RE\n.fi"] if is_literal else [])


def name(argument: dict) -> str:
    return ", ".join(("--" if n["kind"] == "long" else "-") + n["name"] for n in
                     sorted(argument["names"], key=lambda n: n["kind"] == "long"))


def synopsis(command: dict, path: list[str]) -> str:
    parts = [f"\\fB{text(' '.join(path))}\\fR"]
    arguments = [a for a in command.get("arguments", []) if a["shouldDisplay"]]
    if command.get("subcommands"):
        return parts[0] + " \\fIcommand\\fR"
    if any(a["kind"] != "positional" and a["isOptional"] for a in arguments):
        parts.append("[\\fIoption\\fR ...]")
    for a in arguments:
        if a["kind"] == "option" and not a["isOptional"]:
            parts.append(f"\\fB{text('--' + a['valueName'] if not a.get('preferredName') else name(a).split(', ')[-1])}\\fR \\fI{text(a['valueName'])}\\fR")
    for a in arguments:
        if a["kind"] == "positional":
            value = f"\\fI{text(a['valueName'])}\\fR" + (" ..." if a["isRepeating"] else "")
            parts.append(f"[{value}]" if a["isOptional"] else value)
    return " ".join(parts)


def options(command: dict) -> list[str]:
    lines = []
    for a in command.get("arguments", []):
        if not a["shouldDisplay"] or a["valueName"] in ("help", "version"):
            continue
        title = f"\\fI{text(a['valueName'])}\\fR" if a["kind"] == "positional" else f"\\fB{text(name(a))}\\fR"
        if a["kind"] == "option":
            title += f" \\fI{text(a['valueName'])}\\fR"
        words = text(a.get("abstract", ""))
        if a.get("defaultValue"):
            words += f" [{text(MACHINE.get(a['valueName'], a['defaultValue']))}]"
        lines += [".TP", title, words]
    return lines


def commands(command: dict, path: list[str]) -> list[str]:
    lines = []
    for sub in command.get("subcommands", []):
        if sub["commandName"] == "help" or not sub.get("shouldDisplay", True):
            continue
        here = path + [sub["commandName"]]
        lines += [f'.SS "{text(" ".join(here[1:]))}"', synopsis(sub, here), ".PP", text(sub.get("abstract", ""))]
        lines += options(sub)
        if sub.get("discussion"):
            lines += [".PP"] + paragraphs(sub["discussion"])
        lines += commands(sub, here)
    return lines


def page(program: str) -> tuple[str, str]:
    dump = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    command = json.loads(dump)["command"]
    title = command["commandName"]
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
    lines = [
        '.\\" Written by tools/manual.py: change the program\'s help instead.',
        f'.TH {text(title.upper())} 1 "{text(version)}" "Fotoplayer"',
        ".SH NAME", f"{text(title)} \\- {text(command['abstract'].rstrip('.'))}",
        ".SH SYNOPSIS", synopsis(command, [title]), ".SH DESCRIPTION",
    ]
    lines += paragraphs(command.get("discussion") or command["abstract"])
    if options(command):
        lines += [".SH OPTIONS"] + options(command)
    if command.get("subcommands"):
        lines += [".SH COMMANDS", "Every command has", "\\fB\\-\\-help\\fR."] + commands(command, [title])
    for heading, table in (("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        if title in table:
            lines.append(f".SH {heading}")
            for term, words in table[title]:
                lines += [".TP", text(term), text(words)]
    others = [p for p in ("fotoplayer", "fotoplayer-train", "lv2-perform") if p != title] + SEE_ALSO.get(title, [])
    lines += [".SH SEE ALSO", ",\n".join(f"\\fB{text(o)}\\fR(1)" for o in sorted(others))]
    cleaned: list[str] = []
    for line in "\n".join(lines).split("\n"):
        # A paragraph begins once, and none begins where a section does.
        if line == ".PP" and cleaned and cleaned[-1].startswith((".PP", ".SH", ".SS")):
            continue
        if line.startswith((".SH", ".SS", ".TP", ".nf")):
            while cleaned and cleaned[-1] == ".PP":
                cleaned.pop()
        cleaned.append(line)
    return title, "\n".join(cleaned) + "\n"


def main() -> None:
    is_check = sys.argv[1:2] == ["--check"]
    for program in sys.argv[1 + is_check:]:
        title, written = page(program)
        path = FOLDER / f"{title}.1"
        if not is_check:
            FOLDER.mkdir(exist_ok=True)
            path.write_text(written)
        elif not path.exists() or path.read_text() != written:
            sys.exit(f"{path}: not what {title} says of itself; `make manual` writes it anew")


main()
