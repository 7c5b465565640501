#!/bin/sh
# The checks of the house find what they are for: each is given a small tree with one fault in it, and the same tree without.
# Fails if a planted fault is not told with its place, or if the tree without faults is not passed.
if ! command -v python3 >/dev/null || ! command -v objdump >/dev/null; then
	echo "ok house # skip no python3 or objdump"
	exit 0
fi
top=$(pwd)
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
status=0

# A tree of two rooms and the top one, all well.
tree() {
	rm -rf "$dir/t"
	mkdir -p "$dir/t/doc" "$dir/t/src/base" "$dir/t/src/json" "$dir/t/src/store" "$dir/t/b"
	cd "$dir/t" || exit 2
	printf '# D\n\n## The rooms\n\n```\nbase   -       bytes\njson   base    text\nstore  all above   files\n```\n\nPure rooms: base json. So.\n' >doc/DESIGN.md
	printf '/* a: one thing. */\n#ifndef BASE_A_H\n#define BASE_A_H\n\nint base_a(int x);\n\n#endif\n' >src/base/a.h
	printf '#include "base/a.h"\n\nint\nbase_a(int x)\n{\n\treturn x; /* no time(NULL) here */\n}\n' >src/base/a.c
	printf '#include "base/a.h"\n\nstatic const char *const names[] = {"a", "b"};\n\nconst char *\njson_n(int x)\n{\n\treturn names[base_a(x)];\n}\n' >src/json/n.c
	printf '#include "json/n.h"\n\nint open_it(void *db);\n' >src/store/s.c
}
plant() { # FILE TEXT: adds to the file
	printf "$2" >>"$1"
}
build() {
	for f in src/base/*.c src/json/*.c; do
		mkdir -p "b/$(dirname "$f")"
		${CC:-cc} -Isrc -w -O1 -fPIE -c -o "b/${f%.c}.o" "$f" || exit 2
	done
}
expect() { # NAME TOOL PATTERN: the tool must fail and say PATTERN; no pattern: it must pass
	build
	said=$("$top/tools/$2" b 2>&1)
	code=$?
	if [ -z "$3" ] && [ $code -eq 0 ] || { [ -n "$3" ] && [ $code -eq 1 ] && printf '%s\n' "$said" | grep -Eq "$3"; }; then
		echo "ok $1"
	else
		echo "not ok $1"
		printf '%s\n' "$said" | sed 's/^/#  /'
		status=1
	fi
}

tree && expect "a tree in order passes check-layers" check-layers ''
tree && expect "a tree in order passes check-sql" check-sql ''
tree && expect "a tree in order passes check-files" check-files ''
tree && plant src/base/a.c '#include "json/n.h"\n' && touch src/json/n.h && expect "a room may not look up" check-layers '^src/base/a.c:8: base may not include json'
tree && plant src/json/n.c '#include "a.h"\n' && cp src/base/a.h src/json/a.h && expect "an include names its room" check-layers '^src/json/n.c:10: "a.h"'
tree && mkdir src/odd && cp src/base/a.c src/odd/ && expect "a folder that is no room" check-layers '^src/odd:1'
tree && plant src/json/n.c '#include <time.h>\nlong json_t(void) { return time(0); }\n' && expect "a pure room asks no clock" check-layers '^src/json/n.c:11: time\(\)'
tree && plant src/json/n.c '#include <stdio.h>\n#define T fopen\nvoid *json_t(void) { return T("x", "r"); }\n' && expect "nor through a macro" check-layers '^src/json/n.c:1: its object asks for fopen'
tree && plant src/json/n.c 'static int count;\nint json_c(void) { return ++count; }\n' && expect "a pure room keeps no variable" check-layers 'variable count outlives'
tree && plant src/json/n.c 'int json_count = 3;\n' && expect "nor one with a first value" check-layers 'variable json_count outlives'
tree && plant src/store/s.c 'void f(void *b, char *x) { buf_printf(b, "SELECT a FROM b "\n\t"WHERE c = %%s", x); }\n' && expect "a string in SQL" check-sql '^src/store/s.c:4: buf_printf'
tree && plant src/store/s.c 'void f(void *d, char *x) { sqlite3_exec(d, x, 0, 0, 0); }\n' && expect "SQL from a variable" check-sql '^src/store/s.c:4: sqlite3_exec'
tree && plant src/store/s.c 'void f(void *d, char *x) { sqlite3_exec(d, x, 0, 0, 0); } /* sql: a literal of schema.c */\n' && expect "SQL from a variable, with its reason" check-sql ''
tree && plant src/store/s.c 'void f(void *b, int x) { buf_printf(b, "SELECT a FROM b WHERE c = %%d", x); }\n' && expect "a number in SQL is safe" check-sql ''
tree && plant src/json/n.c '#include <sqlite3.h>\n' && expect "SQLite is for store" check-sql '^src/json/n.c:10: SQLite is used'
later=$(printf 'TO%s' DO)
tree && plant src/json/n.c "/* $later: more */\n" && expect "a thing left for later" check-files "src/json/n.c:10: $later"
tree && plant src/json/n.c 'void f(char *a, char *b) { strcpy(a, b); }\n' && expect "an unsafe call" check-files 'src/json/n.c:10: strcpy'
tree && plant src/json/n.c 'typedef struct x y;\n' && expect "a typedef of a struct" check-files 'src/json/n.c:10: no typedef'
tree && plant src/json/n.c 'int x; \n' && expect "blanks at the end" check-files 'src/json/n.c:10: blanks'
tree && cp src/json/n.c src/json/util.c && sed -i s/json_n/json_u/ src/json/util.c && expect "a dumping ground" check-files 'src/json/util.c:1'
tree && sed -i 's/BASE_A_H/A_H_/' src/base/a.h && expect "a guard of another name" check-files 'src/base/a.h:1: its guard'
exit $status
