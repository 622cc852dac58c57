r"""Every script that runs on another host, whole and readable: what is not here does not happen there.

They are for POSIX sh and the applets of busybox that ESXi has (find, xargs, stat, tar, gzip, dd, sha256sum,
readlink, mktemp, sync, mv, rm, chown, chmod). Paths come as arguments or NUL-separated on standard input
and are never part of a script. What they print: fields, each ended by a NUL, an empty one at their end,
then bytes.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from enum import IntEnum

SMALL = 64 * 1024
"""The largest VMDK that is taken whole, in bytes: a descriptor. Of a larger one so many are read."""


VOLUMES = "/vmfs/volumes"
"""Where an ESXi host has its datastores: links, by name, to folders named by UUID."""


class Ended(IntEnum):
    """The exit statuses of the scripts, beside 0. Those from 65 on are sysexits.h's, where it has one."""

    NOT_REGULAR = 65
    MISSING = 66
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


@dataclass(frozen=True, slots=True)
class Script:
    """A script: ``name`` is what a test and a message call it."""

    name: str
    text: str

    def command(self, *arguments: str) -> str:
        """The one line that the far shell is given. Raises ValueError for a NUL in an argument."""
        if any("\0" in one for one in arguments):
            raise ValueError("an argument with a NUL")
        return shlex.join(["exec", "sh", "-c", self.text.strip(), self.name, *arguments])


# $real: the file itself, free of links; a name may end in line ends, which $(...) would drop.
_REAL = r"""
[ -e "$file" ] || exit 66
real=$(readlink -f "$file" && printf x) || exit 66
real=${real%?x}
[ -f "$real" ] || exit 65
[ -r "$real" ] || exit 77
folder=${real%/*}
name=${real##*/}
cd "${folder:-/}" || exit 77
"""

_HASH = r"""
hash_of() { hashed=$(sha256sum <"$1") || exit 74; printf %s "${hashed%% *}"; }
"""

# What an ESXi host knows of $real: nothing where it is none, or does not know the file.
_FACTS = r"""
facts() {
    command -v vim-cmd >/dev/null || return
    place=${real#"$volumes"/*/}
    vim-cmd vmsvc/getallvms 2>/dev/null | while IFS= read -r line; do
        case $line in *"] $place "*) ;; *) continue ;; esac
        id=${line%% *}
        store=${line#*\[}
        store=${store%%\]*}
        there=$(readlink -f "$volumes/$store/$place" && printf x) || continue
        [ "${there%?x}" = "$real" ] || continue
        case $id in *[!0-9]*|'') continue ;; esac
        printf '%s\0' "$id" "=$(vim-cmd vmsvc/power.getstate "$id" 2>&1)" \
            "=$(vim-cmd vmsvc/snapshot.get "$id" 2>&1)"
        break
    done
}
"""

# As GNU's mv counts backups; each name is claimed by an empty file first, which no other can claim.
_KEEPING = r"""
made_like() {
    like=$(stat -c '%u:%g %a' "./$name") || exit 74
    chown "${like% *}" "$1" 2>/dev/null
    chmod "${like#* }" "$1" 2>/dev/null
    [ "$(stat -c '%u:%g %a' "$1")" = "$like" ] || { forget_old; exit 75; }
}
keep_old() {
    number=0 next="./$name~"
    until (set -C; : >"$next") 2>/dev/null; do
        number=$((number + 1))
        next="./$name.~$number~"
        [ "$number" -le 999 ] || exit 73
    done
    kept=$next
    dd "if=./$name" "of=$kept" conv=fsync 2>/dev/null || { forget_old; exit 73; }
    made_like "$kept"
}
forget_old() { [ -z "$kept" ] || rm -f "$kept"; }
"""

LOOK = Script(
    "look",
    r"""
set -u
file=$1 most=$2 small=$3 volumes=$4
"""
    + _REAL
    + _FACTS
    + r"""
size=$(stat -c %s "./$name") || exit 74
[ "$size" -le "$most" ] || exit 69
printf '%s\0' "$real" "$(stat -c '%h %u %g %a %s' "./$name")"
find . -maxdepth 1 ! -name . -print0
printf '\0'
facts
printf '\0'
{
    printf './%s\0' "$name"
    find . -maxdepth 1 -type f \( -name '*.vmsd' -size -8193 -o -name '*.vmdk' -size "-$small" \) -print0
} | xargs -0 tar -cf - | gzip -1
""",
)
"""One file, what lies beside it, and what an ESXi host knows of it.

Arguments: the file, the most bytes it may have, the blocks of a small VMDK, and :data:`VOLUMES`. Fields: the
real path; links, owner, group, mode and size; each name in its folder, and an empty one; the VM's id, and
behind a = each what power.getstate and snapshot.get printed, and an empty one. Then a gzipped tar of the
file, first, and of the small files beside it.
"""

FIND = Script(
    "find",
    r"""
set -u
small=$1 largest=$2
shift 2
# Folders that are no machines': snapshots of the storage, and the host's own.
each() {
    for root; do
        [ -d "$root" ] && "$what" "${root%/}/"
    done
}
listed() {
    find "$1" \( -name .snapshot -o -name .zfs -o -name .vSphere-HA -o -name .sdd.sf \) -prune -o \
        \( -name '*.[vV][mM][xX]' -o -name '*.[vV][mM][tT][xX]' -o -name '*.[xX][mM][lL]' -o -name '*.vmsd' \
        -o -name '*.vmdk' -o -name '*.lck' -o -name '*.TRANSIENT-*' \) -print0
}
taken() {
    find "$1" \( -name .snapshot -o -name .zfs -o -name .vSphere-HA -o -name .sdd.sf \) -prune -o -type f \
        \( \( -name '*.[vV][mM][xX]' -o -name '*.[vV][mM][tT][xX]' -o -name '*.[xX][mM][lL]' \
        -o -name '*.vmsd' \) \
        -size "-$largest" -o -name '*.vmdk' -size "-$small" \) -print0
}
for root; do [ -d "$root" ] || printf '%s\0' "$root"; done
printf '\0'
what=listed each "$@" 2>/dev/null
printf '\0'
what=taken each "$@" 2>/dev/null | xargs -0 -r tar -cf - 2>/dev/null | gzip -1
""",
)
"""Every machine below some roots. Arguments: the blocks of a small VMDK and of the largest text, then the
roots.

Fields: the roots that are no folders; then each name that counts: machines, what lies beside them, their
locks. Then a gzipped stream of tars, one behind the other, of the texts and the small VMDKs.
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
    elif [ ! -f "$file" ]; then printf "65 0\0"
    elif [ ! -r "$file" ]; then printf "77 0\0"
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

SAVE = Script(
    "save",
    r"""
set -u
file=$1 was=$2 becomes=$3 backup=$5
"""
    + _REAL
    + _HASH
    + _KEEPING
    + r"""
[ "$real" = "$4" ] || exit 79
[ "$(stat -c %h "./$name")" = 1 ] || exit 71
[ "$(hash_of "./$name")" = "$was" ] || exit 72
draft=$(mktemp "./.$name.diskmode-XXXXXX") || exit 73
kept=
trap 'rm -f "$draft"' EXIT
trap 'exit 73' HUP INT TERM PIPE
dd "of=$draft" conv=fsync 2>/dev/null || exit 73
[ "$(hash_of "$draft")" = "$becomes" ] || exit 76
made_like "$draft"
[ "$backup" != backup ] || keep_old
[ "$(hash_of "./$name")" = "$was" ] || { forget_old; exit 72; }
mv -f "$draft" "./$name" || { forget_old; exit 73; }
sync
printf '%s\0' "${kept#./}"
""",
)
"""New bytes in the place of a file.

Arguments: the file, the SHA-256 it must have, that of the new bytes, the real path it led to, and ``backup``
where the old bytes are kept. Standard input: the new bytes. Field: the name of the backup, empty without one.
The draft is made exclusively and flushed, has the file's owner and mode, and is renamed over it. A connection
that dies leaves the old bytes or the new ones.
"""

WRITE = Script(
    "write",
    r"""
set -u
file=$1 becomes=$2 over=$3
"""
    + _HASH
    + r"""
folder=${file%/*}
name=${file##*/}
[ -n "$name" ] || exit 65
cd "${folder:-/}" || exit 66
[ ! -d "./$name" ] || exit 65
if [ "$over" != over ]; then
    { [ -e "./$name" ] || [ -L "./$name" ]; } && exit 70
fi
draft=$(mktemp "./.$name.diskmode-XXXXXX") || exit 73
trap 'rm -f "$draft"' EXIT
trap 'exit 73' HUP INT TERM PIPE
dd "of=$draft" conv=fsync 2>/dev/null || exit 73
[ "$(hash_of "$draft")" = "$becomes" ] || exit 76
chmod "$(printf '%o' $((0666 & ~0$(umask))))" "$draft" || exit 75
if [ "$over" != over ]; then
    (set -C; : >"./$name") 2>/dev/null || exit 70
fi
mv -f "$draft" "./$name" || exit 73
sync
""",
)
"""A new file. Arguments: its path, the SHA-256 of its bytes, and ``over`` where another may be replaced."""

RELOAD = Script(
    "reload",
    r"""
case $1 in *[!0-9]*|'') exit 65 ;; esac
exec vim-cmd vmsvc/reload "$1" 2>&1
""",
)
"""Have an ESXi host read a VMX again. Argument: the VM's id."""

SCRIPTS = (LOOK, FIND, HEADS, SAVE, WRITE, RELOAD)
"""All of them; a test runs each under busybox."""
