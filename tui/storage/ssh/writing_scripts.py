"""The scripts that change something on another host: a file is saved or written, a VM's file read again.

They are for the same shell and applets as those of `tui.storage.ssh.scripts`, which only ask.
"""

from __future__ import annotations

from tui.storage.ssh.scripts import REAL, Script

_HASH = r"""
hash_of() { hashed=$(sha256sum <"$1") || exit 74; printf %s "${hashed%% *}"; }
"""

# As GNU's mv counts backups; a whole copy takes a name that was claimed by an empty file, which no other can.
# There is one draft at a time.
_KEEPING = r"""
made_like() {
    like=$(stat -c '%u:%g %a' "./$name") || exit 74
    chown "${like% *}" "$1" 2>/dev/null
    chmod "${like#* }" "$1" 2>/dev/null
    [ "$(stat -c '%u:%g %a' "$1")" = "$like" ] || { forget_old; exit 75; }
}
not_written() {
    forget_old
    case $1 in
        *"o space"*|*"uota"*) exit 81 ;;
        *"ead-only"*) exit 82 ;;
        *"ermission denied"*|*"not permitted"*) exit 83 ;;
    esac
    exit 73
}
new_draft() {
    draft=$(mktemp "./.$name.diskmode-XXXXXX" 2>&1) || { why=$draft draft=; not_written "$why"; }
}
keep_old() {
    new_draft
    why=$(dd "if=./$name" "of=$draft" conv=fsync 2>&1) || not_written "$why"
    made_like "$draft"
    number=0 next="./$name~"
    until (set -C; : >"$next") 2>/dev/null; do
        number=$((number + 1))
        next="./$name.~$number~"
        [ "$number" -le 999 ] || exit 73
    done
    why=$(mv -f "$draft" "$next" 2>&1) || { rm -f "$next"; not_written "$why"; }
    kept=$next draft=
}
forget_old() { [ -z "$kept" ] || rm -f "$kept"; }
"""

SAVE = Script(
    "save",
    r"""
set -u
file=$1 was=$2 becomes=$3 backup=$5
"""
    + REAL
    + _HASH
    + _KEEPING
    + r"""
[ "$real" = "$4" ] || exit 79
[ "$(stat -c %h "./$name")" = 1 ] || exit 71
now=$(hash_of "./$name")
[ "$now" != "$becomes" ] || { printf 'same\0\0'; exit 0; }
[ "$now" = "$was" ] || exit 72
draft= kept=
trap '[ -z "$draft" ] || rm -f "$draft"' EXIT
trap 'forget_old; exit 73' HUP INT TERM PIPE
[ "$backup" != backup ] || keep_old
new_draft
why=$(dd "of=$draft" conv=fsync 2>&1) || not_written "$why"
[ "$(hash_of "$draft")" = "$becomes" ] || { forget_old; exit 76; }
made_like "$draft"
# Where nobody listens any more this ends it: who lost the connection looks, and says what is there.
printf 'ready\0'
[ "$(hash_of "./$name")" = "$was" ] || { forget_old; exit 72; }
# From here on a backup stays, whatever ends this.
done=$kept kept=
why=$(mv -f "$draft" "./$name" 2>&1) || { kept=$done; not_written "$why"; }
draft=
sync
printf '%s\0' "${done#./}"
""",
)
"""New bytes in the place of a file.

Arguments: the file, the SHA-256 it must have, that of the new bytes, the real path it led to, and ``backup``
where the old bytes are kept. Standard input: the new bytes. Fields: ``ready``, or ``same`` where the file has
those bytes already; the name of the backup, empty without one. The draft is made exclusively and flushed, has
the file's owner and mode, and is renamed over it. A connection that dies leaves the old bytes or the new.
"""

WRITE = Script(
    "write",
    r"""
set -u
file=$1 becomes=$2 over=$3
"""
    + _HASH
    + _KEEPING
    + r"""
kept=
folder=${file%/*}
name=${file##*/}
[ -n "$name" ] || exit 67
cd "${folder:-/}" || exit 66
if [ "$over" != over ]; then
    { [ -e "./$name" ] || [ -L "./$name" ]; } && exit 70
elif [ -e "./$name" ]; then
    real=$(readlink -f "./$name" && printf x) || exit 66
    real=${real%?x}
    name=${real##*/}
    cd "${real%/*}/" || exit 66
    [ ! -d "./$name" ] || exit 67
    [ -f "./$name" ] || exit 65
    [ "$(stat -c %h "./$name")" = 1 ] || exit 71
fi
draft=
trap '[ -z "$draft" ] || rm -f "$draft"' EXIT
trap 'exit 73' HUP INT TERM PIPE
new_draft
why=$(dd "of=$draft" conv=fsync 2>&1) || not_written "$why"
[ "$(hash_of "$draft")" = "$becomes" ] || exit 76
if [ -e "./$name" ]; then made_like "$draft"
else chmod "$(printf '%o' $((0666 & ~0$(umask))))" "$draft" || exit 75
fi
if [ "$over" != over ]; then
    (set -C; : >"./$name") 2>/dev/null || exit 70
fi
why=$(mv -f "$draft" "./$name" 2>&1) || not_written "$why"
draft=
sync
printf '%s\0' "$PWD/$name"
""",
)
"""A new file. Arguments: its path, the SHA-256 of its bytes, and ``over`` where another may be replaced: that
one keeps its owner and mode. Field: the real path of the file.
"""

RELOAD = Script(
    "reload",
    r"""
case $1 in *[!0-9]*|'') exit 65 ;; esac
exec vim-cmd vmsvc/reload "$1" 2>&1
""",
)
"""Have an ESXi host read a VMX again. Argument: the VM's id."""

WRITING_SCRIPTS = (SAVE, WRITE, RELOAD)
"""All of them; a test runs each under busybox."""
