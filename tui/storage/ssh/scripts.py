r"""The scripts that run on another host and change nothing there; those that do stand in `writing_scripts`.

What stands in neither does not happen on a host. They are for POSIX sh and the applets of busybox that ESXi
has (find, xargs, stat, tar, gzip, dd, sha256sum, readlink, mktemp, sync, mv, rm, chown, chmod, sleep). Paths
come as arguments or NUL-separated on standard input and are never part of a script. What they print: fields,
each ended by a NUL, an empty one at their end, then bytes.
"""

from __future__ import annotations

import shlex
from enum import IntEnum
from typing import NamedTuple

from tui.storage.local_walk import SKIPPED

SMALL = 64 * 1024
"""The largest VMDK that is taken whole, in bytes: a descriptor. Of a larger one so many are read."""


VOLUMES = "/vmfs/volumes"
"""Where an ESXi host has its datastores: links, by name, to folders named by UUID."""


class Ended(IntEnum):
    """The exit statuses of the scripts, beside 0. Those from 65 on are sysexits.h's, where it has one."""

    NOT_REGULAR = 65
    MISSING = 66
    FOLDER = 67
    TOO_LARGE = 69
    TAKEN = 70
    LINKED = 71
    CHANGED = 72
    NOT_WRITTEN = 73
    IO_ERROR = 74
    NOT_KEPT = 75
    CUT_SHORT = 76
    NO_PERMISSION = 77
    NO_TOOL = 78
    ELSEWHERE = 79
    BUSY = 80
    NO_SPACE = 81
    READ_ONLY = 82
    NO_WRITING = 83


class Script(NamedTuple):
    """A script: ``name`` is what a test and a message call it."""

    name: str
    text: str

    def command(self, *arguments: str) -> str:
        """The one line that the far shell is given. Raises ValueError for a NUL in an argument."""
        if any("\0" in one for one in arguments):
            raise ValueError("an argument with a NUL")
        text = f"LC_ALL=C; export LC_ALL\n{self.text.strip()}"
        return shlex.join(["exec", "sh", "-c", text, self.name, *arguments])


# $real: the file itself, free of links; a name may end in line ends, which $(...) would drop.
REAL = r"""
if [ ! -e "$file" ]; then
    above=$file
    until [ -e "$above" ]; do
        case $above in */*) above=${above%/*} ;; *) exit 66 ;; esac
    done
    [ ! -d "$above" ] || [ -x "$above" ] || exit 77
    exit 66
fi
real=$(readlink -f "$file" && printf x) || exit 66
real=${real%?x}
[ ! -d "$real" ] || exit 67
[ -f "$real" ] || exit 65
[ -r "$real" ] || exit 77
folder=${real%/*}
name=${real##*/}
cd "${folder:-/}" || exit 77
"""

# What an ESXi host knows of $real: nothing where it is none, or does not know the file. Who names a VM, or
# writes its annotation, may write another's file there: where it stands with several ids, ? stands for them,
# and where no VM is listed as it should.
_FACTS = r"""
facts() {
    command -v vim-cmd >/dev/null || return
    place=${real#"$volumes"/*/}
    vm=
    for id in $(vim-cmd vmsvc/getallvms 2>/dev/null | {
        end=unknown
        while IFS= read -r line; do
            case $line in Vmid*|[0-9]*) end= ;; esac
            ids_in
        done
        echo "$end"
    }); do
        case $vm in ''|"$id") vm=$id ;; *) vm=unknown ;; esac
    done
    case $vm in
        '') ;;
        unknown) printf '%s\0' '?' = = ;;
        *) printf '%s\0' "$vm" "=$(vim-cmd vmsvc/power.getstate "$vm" 2>&1)" \
            "=$(vim-cmd vmsvc/snapshot.get "$vm" 2>&1)" ;;
    esac
}
# The id of a line for each time that the file stands in it: its name may hold brackets as well, and the host
# may know a VM by "[] /vmfs/volumes/UUID/…" instead of its datastore's name.
ids_in() {
    id=${line%% *} rest="$line "
    case $id in *[!0-9]*|'') return ;; esac
    while :; do
        case $rest in *"] $place "*) ;; *) break ;; esac
        store=${rest%%"] $place "*}
        rest=${rest#*"] $place "}
        is_real "$volumes/${store##*\[}/$place"
    done
    rest="$line "
    while :; do
        case $rest in *"[] /"*"/$place "*) ;; *) return ;; esac
        rest=/${rest#*"[] /"}
        is_real "${rest%%"/$place "*}/$place"
    done
}
is_real() {
    there=$(readlink -f "$1" && printf x) || return
    [ "${there%?x}" != "$real" ] || echo "$id"
}
"""

# What a new version of ./$name would be without: a an access list, x extended attributes; A and X where no
# program here tells of them. GNU's ls marks an access list, busybox's does not.
_BEYOND = r"""
beyond() {
    listed=$(ls -ld "./$name" 2>/dev/null)
    case ${listed%% *} in
        *+) may=${may}a ;;
        *)
            if command -v getfacl >/dev/null; then
                [ -z "$(getfacl -cs "./$name" 2>/dev/null)" ] || may=${may}a
            else
                case $(ls --version 2>/dev/null) in *coreutils*) ;; *) may=${may}A ;; esac
            fi
            ;;
    esac
    command -v getfattr >/dev/null || { may=${may}X; return; }
    named=$(getfattr -m . "./$name" 2>/dev/null | while IFS= read -r one; do
        case $one in '#'*|''|security.*|system.posix_acl_*) ;; *) printf x ;; esac
    done)
    [ -z "$named" ] || may=${may}x
}
"""

LOOK = Script(
    "look",
    r"""
set -u
file=$1 most=$2 small=$3 volumes=$4
"""
    + REAL
    + _FACTS
    + _BEYOND
    + r"""
size=$(stat -c %s "./$name") || exit 74
[ "$size" -le "$most" ] || exit 69
may=-
[ ! -w "./$name" ] || may=${may}f
[ ! -w . ] || may=${may}d
if command -v vim-cmd >/dev/null; then may=${may}e; else beyond; fi
printf '%s\0' "$real" "$(stat -c '%h %u %g %a %s' "./$name")" "$may"
find . -maxdepth 1 ! -name . -print0
printf '\0'
{
    printf './%s\0' "$name"
    find . -maxdepth 1 -type f \( -name '*.vmsd' -size -8193 -o -name '*.vmdk' -size "-$small" \) -print0
} | xargs -0 tar -cf - 2>/dev/null | gzip -1
facts
printf '\0'
""",
)
"""One file, what lies beside it, and what an ESXi host knows of it.

Arguments: the file, the most bytes it may have, the blocks of a small VMDK, and :data:`VOLUMES`. Fields: the
real path; links, owner, group, mode and size; letters for what may be done (f: the file may be written, d:
its folder; e: it is an ESXi host; a and x, A and X: see above); each name in its folder, and an empty one.
Then a gzipped tar of the file, first, and of the small files beside it. Last, for a host may be long over it,
the VM's id, and behind a = each what power.getstate and snapshot.get printed, and an empty field.
"""

_MACHINES = " -o ".join(
    f"-name '{one}'" for one in ("*.[vV][mM][xX]", "*.[vV][mM][tT][xX]", "*.[xX][mM][lL]")
)
_EXPORTS = r"-name '[rR][vV][tT]ools*.xlsx' -o -name '[rR][vV][tT]ools_tab*.csv'"
_PRUNED = " -o ".join(f"-name '{one}'" for one in sorted(SKIPPED))

FIND = Script(
    "find",
    r"""
set -u
small=$1 largest=$2 volumes=$3 seconds=$4
shift 4
each() {
    for root; do
        [ -d "$root" ] || continue
        if [ "${root%/}" = "$volumes" ]; then datastores; else "$what" "${root%/}/"; fi
    done
}
# By their names, which are links to folders with a UUID for a name; those without one by that.
datastores() {
    for store in "$volumes"/*; do
        if [ -L "$store" ]; then
            "$what" "$store/"
        elif [ -d "$store" ]; then
            for link in "$volumes"/*; do
                [ -L "$link" ] && [ "$link" -ef "$store" ] && continue 2
            done
            "$what" "$store/"
        fi
    done
}
listed() {
    find "$1" -type d \( PRUNED \) -prune -o \( -type l -o -name '*.vmdk' -o MACHINES \
        -o -name '*.vmsd' -o -name '*.lck' -o -name '*.TRANSIENT-*' -o EXPORTS \) -print0
}
taken() {
    find "$1" -type d \( PRUNED \) -prune -o -type f \( -name '*.vmdk' -size "-$small" \
        -o \( MACHINES -o -name '*.vmsd' -o EXPORTS \) -size "-$largest" \) -print0
}
# The files of the VMs that run, "=" where the host answered, and the lines of those it has: one call each for
# all of them, that may be slow.
known() {
    command -v esxcli >/dev/null || return
    {
        if in_time esxcli vm process list; then
            echo "   Config File: ="
            in_time vim-cmd vmsvc/getallvms
        else
            echo "   Config File: !"
        fi
    } 2>/dev/null | while IFS= read -r line; do
        case $line in
            "   Config File: "?*) printf '%s\0' "${line#*: }" ;;
            [0-9]*"] "*) printf '%.4096s\0' "$line" ;;
        esac
    done
}
in_time() {
    "$@" &
    asked=$!
    ( trap 'kill "$asleep"' TERM
      sleep "$seconds" & asleep=$!
      wait "$asleep" && kill "$asked" ) >/dev/null &
    watched=$!
    wait "$asked"
    ended=$?
    kill "$watched"
    return "$ended"
}
reals() {
    for root; do
        if [ ! -d "$root" ]; then printf '%s\0' -; continue; fi
        real=$(cd "$root/" 2>/dev/null && pwd -P && printf x) || real="$root?x"
        printf '=%s\0' "${real%?x}"
    done
    printf '\0'
    for store in "$volumes"/*; do
        [ ! -L "$store" ] || printf '%s\0=%s\0' "$store" "$(readlink -f "$store")"
    done
    printf '\0'
}
# Packing goes on in its pipe while the names are listed, and so does the call: they come behind the names.
what=taken
each "$@" 2>/dev/null | xargs -0 -r tar -cf - 2>/dev/null | gzip -1 | {
    known </dev/null | {
        reals "$@"
        what=listed
        each "$@"
        printf '\0'
        exec dd bs=65536 2>/dev/null
    }
    printf '\0'
    exec dd bs=65536 2>/dev/null
}
""".replace("PRUNED", _PRUNED)
    .replace("MACHINES", _MACHINES)
    .replace("EXPORTS", _EXPORTS),
)
"""Every machine below some roots.

Arguments: the blocks of a small VMDK and of the largest text, :data:`VOLUMES`, the seconds that the host may
be long over what it knows, then the roots. Fields, each kind with an empty one behind it: for each root its
real path behind a =, or - where it is no folder; each datastore's link and its real path behind a =; each
name that counts, in the order of the host: machines, what lies beside them, their locks, and links; on an
ESXi host the files of the VMs that run, = where it said so, or ! where not, and the lines of getallvms.
Then a gzipped stream of tars, one behind the other, of the texts and the small VMDKs, in the same order.
Standard error: what could not be listed. What ``esxcli vm process list`` prints: Broadcom's knowledge base,
article 1014165; the other prints ``12  web01  [ds1] web01/web01.vmx  ubuntu64Guest  vmx-19  annotation``.
"""

LINKS = Script(
    "links",
    r"""
set -u
exec xargs -0 -r sh -c '
for path; do
    # Of a link to nothing busybox says what depends on the folder that it is called in.
    real=
    [ ! -e "$path" ] || real=$(readlink -f "$path" && printf x) || real=
    if [ -d "$path" ]; then kind=d
    elif [ -L "$path" ]; then kind=l
    else kind=f
    fi
    printf "%s\0" "$kind${real%?x}"
done
' links
""",
)
"""Where many paths lead. Standard input: the paths, each ended by a NUL.

For each a field: d for a folder, l for a link to something else, f for what is no link; then its real path,
nothing where it leads nowhere.
"""

HEADS = Script(
    "heads",
    r"""
set -u
exec xargs -0 -r sh -c '
small=$1
shift
for file; do
    if [ ! -e "$file" ]; then printf "66 0\0"
    elif [ -d "$file" ]; then printf "67 0\0"
    elif [ ! -f "$file" ]; then printf "65 0\0"
    elif [ ! -r "$file" ]; then printf "77 0\0"
    elif ! why=$(dd "if=$file" of=/dev/null bs=512 count=1 2>&1); then
        case $why in *[Bb]usy*) printf "80 0\0" ;; *) printf "74 0\0" ;; esac
    elif size=$(stat -L -c %s "$file"); then
        printf "0 %s\0" "$size"
        dd "if=$file" "bs=$small" count=1 conv=sync 2>/dev/null
        [ "$size" -gt 0 ] || dd if=/dev/zero "bs=$small" count=1 2>/dev/null
    else printf "74 0\0"
    fi
done
' heads "$1"
""",
)
"""The first bytes of many files. Argument: how many; standard input: the paths, each ended by a NUL.

For each file a field, its status (0 or one of Ended) and its size; at 0 so many bytes follow, filled up
with NULs.
"""

KIND = Script(
    "kind",
    r"""
if [ -d "$1" ]; then printf d
elif [ -e "$1" ] || [ -L "$1" ]; then printf f
fi
""",
)
"""What is at a path, argument: d for a folder, f for anything else, nothing where there is nothing."""

SAME = Script("same", r"""[ "$1" -ef "$2" ]""")
"""Whether two paths, arguments, lead to one file."""

STAY = Script("stay", r"""printf ready; exec dd of=/dev/null 2>/dev/null""")
"""What the connection that all others share does: it ends with its standard input."""

READING_SCRIPTS = (LOOK, FIND, LINKS, HEADS, KIND, SAME, STAY)
"""All of them; a test runs each under busybox."""
