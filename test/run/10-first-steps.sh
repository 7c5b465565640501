#!/bin/sh
# What a newcomer meets: help, mistakes, a home. Fails if a mistake is not told with a remedy and its own exit status, or help and table differ.
. "${0%/*}/scenario"

says 'usage: comity COMMAND' 'alone it tells what there is' "$COMITY"
says 'usage: comity show' 'help of a command' "$COMITY" help show
says 'charter sign' 'help of a family' "$COMITY" help charter
says '(//IRQ S//REL TO IRQ, RUS)' 'help of a topic' "$COMITY" help marks
says 'comity ls' 'a command tells of itself with --help' "$COMITY" ls --help
fails 64 'did you mean: comity search' 'an unknown command: the nearest is named' "$COMITY" serach
fails 64 'did you mean --author' 'an unknown flag: the nearest is named' "$COMITY" ls --autor x
fails 64 'usage: comity show' 'an argument is missing' "$COMITY" show
fails 64 'one argument too many' 'one argument too many' "$COMITY" lead now
fails 64 'needs a value' 'a flag without its value' "$COMITY" ls --type
fails 64 'takes no value' 'a switch with a value' "$COMITY" ls --gone=yes
fails 64 'family of commands' 'a family alone' "$COMITY" charter
fails 64 'auto, always or never' 'an unknown word for colours' "$COMITY" --color=blue version

cd "$dir" || exit 2
fails 66 'there is no home here' 'no home: what to do is said' "$COMITY" ls
fails 64 '--id and --name' 'init says what it needs' "$COMITY" init irq
fails 65 'small letters' 'init refuses what is no id' "$COMITY" init irq --id IRQ1! --name Iraq
rm -rf irq
mkdir -m 755 irq
does 'a home is made, in an empty directory too' "$COMITY" init irq --id irq --name 'Republic of Iraq'
fails 73 'is a home already' 'not twice' "$COMITY" init irq --id irq --name Iraq
[ "$(stat -c %a irq)" = 700 ] && [ "$(stat -c %a irq/keys/log)" = 600 ]
report 'it is for its owner alone'
says 'IRQ' 'the home is found from below' sh -c "cd irq/keys && '$COMITY' status"
says 'IRQ' 'the home is named by the environment' env COMITY_HOME="$dir/irq" "$COMITY" status
fails 77 'no exercise home' 'a real home keeps to the real time' "$COMITY" -C irq --clock 2015-10-01 status
fails 66 'no object' 'what is not here is said' "$COMITY" -C irq show report--25f1d169-f6c4-45de-a384-9b84b388dfa1
chmod 755 irq
fails 77 'chmod 700' 'a home that others may enter is refused, with the remedy' "$COMITY" -C irq ls
chmod 700 irq

does 'the root key is kept elsewhere' "$COMITY" init rus --id rus --name Russia --root-to rus.root
[ ! -e rus/keys/root ] && [ "$(stat -c %a rus.root)" = 600 ]
report 'it is not in the home then'
fails 77 '--root-key FILE' 'without it no card is signed' "$COMITY" -C rus card
does 'with it one is' "$COMITY" -C rus card --root-key rus.root -o rus.card
fails 77 'root' "another member's root key is refused" "$COMITY" -C irq card --root-key rus.root

run "$COMITY" -C irq --json show nothing
[ "$code" -eq 64 ] && printf '%s\n' "$said" | python3 -c 'import json,sys; e=json.load(sys.stdin)["error"]; assert e["code"]=="ERR_USAGE" and e["hint"]'
report 'with --json an error is JSON too'
same '{"version":"0.1.0"}' 'with --json the version is JSON' "$COMITY" version --json

printf 'a\033[2J\302\233b\342\200\256c\377' | "$COMITY" test-safe >said
[ "$(cat said)" = 'a␛[2J<U+009B>b<U+202E>c<0xFF>' ]
report 'text of strangers cannot steer the terminal'
"$COMITY" >plain && ! grep -q "$(printf '\033')" plain
report 'no colours into a pipe'
"$COMITY" --color=always | grep -q "$(printf '\033')"
report 'colours where they are asked for'

run sh -c "'$COMITY' -C irq --json test-call nonsense"
[ "$code" -eq 64 ]
report 'an operation that there is not'

says '  66  ' 'the exit statuses are a topic' "$COMITY" help exit
says 'charter assemble' 'how a centre is founded, too' "$COMITY" help found
fails 64 'named twice' 'a trial of one member twice' "$COMITY" trial twice irq irq
[ ! -e twice ]
report 'makes nothing'
does 'completion knows the topics' bash -c "source <('$COMITY' completion bash); COMP_WORDS=(comity --color never help fou); COMP_CWORD=4; _comity; [ \"\${COMPREPLY[0]}\" = found ]"
does 'bash takes its completion' bash -c "source <('$COMITY' completion bash); COMP_WORDS=(comity char); COMP_CWORD=1; _comity; [ \"\${COMPREPLY[*]}\" = charter ]"
does 'completion knows second words' bash -c "source <('$COMITY' completion bash); COMP_WORDS=(comity -C x charter inst); COMP_CWORD=4; _comity; [ \"\${COMPREPLY[0]}\" = install ]"
does 'completion knows flags' bash -c "source <('$COMITY' completion bash); COMP_WORDS=(comity release --re); COMP_CWORD=2; _comity; [ \"\${COMPREPLY[0]}\" = --redact ]"
does 'completion for fish' "$COMITY" completion fish
fails 64 'bash, zsh or fish' 'no completion for an unknown shell' "$COMITY" completion cmd
if [ -w /dev/full ]; then
	fails 74 'writing the output' 'a full output is an error' sh -c "'$COMITY' help >/dev/full"
fi
exit $status
