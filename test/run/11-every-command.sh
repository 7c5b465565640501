#!/bin/sh
# The whole table of commands, walked as `comity help --json` tells it: each has its help, its line in the man page, is completed by bash, stands in the
# completion of fish, and answers --json with JSON, errors too. Fails if one does not, or if a new command has no line in the walk below.
. "${0%/*}/scenario"
cd "$dir" || exit 2
centre irq rus irn
cat >report <<END
Type: INTREP
Subject: (//IRQ S//REL TO IRQ, RUS) Convoy near Palmyra
Grade: B2

(//IRQ S//REL TO IRQ, RUS) About 350 fighters left the town.
Claim: what=fighters; where=Palmyra; when=2015-10-01; low=300; best=350; high=400
END
echo '{"type":"tool","id":"tool--1"}' >bad
echo '{"type":"tool","spec_version":"2.1","id":"tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","created":"2015-09-01T00:00:00.000Z","modified":"2015-09-01T00:00:00.000Z","name":"Nc"}' >tool
echo 'a passphrase of this test' >pass
"$COMITY" init usa --id usa --name 'United States' --exercise --root-to usa.root >/dev/null 2>&1
at usa card --root-key usa.root -o usa.card >/dev/null 2>&1
at usa charter propose --name 'EXERCISE Of one' --first 2015-10-01 --no-levels -o charter usa.card >/dev/null 2>&1
at usa charter sign charter --root-key usa.root -o usa.vote >/dev/null 2>&1
at usa charter assemble charter usa.vote -o signed >/dev/null 2>&1
"$COMITY" help --man >man.1
python3 - "$COMITY" "$now" <<'END'
import json, os, re, shutil, subprocess, sys

comity, now = sys.argv[1:]
failed = False


def tell(good, name, why=""):
    global failed
    print(("ok " if good else "not ok ") + name)
    for line in str(why).splitlines()[:40]:
        print("#  " + line) if not good else None
    failed |= not good


def run(home, *words, stdin="", limit=60):
    args = [comity] + (["--home", home] if home else []) + ["--clock", now] + list(words)
    try:
        done = subprocess.run(args, input=stdin, capture_output=True, text=True, timeout=limit)
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as e:
        return "no end", (e.stdout or b"").decode(), (e.stderr or b"").decode()


def no_json(text):
    """Why this is not JSON a line, or as a whole; None if it is."""
    try:
        json.loads(text)
        return None
    except ValueError:
        pass
    for line in text.splitlines():
        try:
            json.loads(line)
        except ValueError as e:
            return f"{e}: {line[:200]}"
    return None


def reply(home, *words, stdin=""):
    code, out, err = run(home, *words, "--json", stdin=stdin)
    if code:
        tell(False, "a step of the walk", f"{words}: {code} {err}")
        sys.exit(1)
    return json.loads(out.splitlines()[0])


table = json.loads(run(None, "help", "--json")[1])
commands = {c["name"]: c for c in table["commands"]}
everywhere = table["flags"]
listed = re.findall(r"^  ([a-z][a-z -]*?)  +\S", run(None, "help")[1], re.M)
tell(sorted(commands) == sorted(listed), "help as data has the commands of help", set(commands) ^ set(listed))

# help, man page

man = open("man.1", encoding="utf-8").read().replace("\\-", "-")
lacks = []
for name, c in commands.items():
    code, text, err = run(None, "help", *name.split())
    again = run(None, *name.split(), "--help")
    if code or not text.startswith(f"comity {name}: {c['about']}") or f"usage: comity {name}" not in text or again[1] != text:
        lacks.append(f"{name}: help")
    if f"comity {name}" not in man or c["about"] not in man:
        lacks.append(f"{name}: man page")
    for f in c["flags"] + everywhere:
        if f"--{f['name']}" not in text or f"--{f['name']}" not in man:
            lacks.append(f"{name} --{f['name']}: help or man page")
    if json.loads(run(None, "help", *name.split(), "--json")[1])["commands"][0]["name"] != name:
        lacks.append(f"{name}: help as data")
    if not c["about"][0].islower() or c["about"].endswith("."):
        lacks.append(f"{name}: about")
tell(not lacks, "each command and flag has its help, and stands in the man page", "\n".join(lacks))
lints = [w for w in (["mandoc", "-T", "lint", "-W", "warning"], ["man", "--warnings", "-E", "UTF-8", "-l"]) if shutil.which(w[0])]
for words in lints if not shutil.which("man") or shutil.which("nroff") else lints[:1]:
    done = subprocess.run(words + ["man.1"], capture_output=True, text=True)
    found = done.stdout + done.stderr if words[0] == "mandoc" else done.stderr
    tell(done.returncode == 0 and not found and os.path.getsize("man.1") > 10000, f"{words[0]} finds nothing in the man page", found)
if not lints:
    print("ok the man page # skip neither mandoc nor man is here")

# completion: every word that there is, in one bash

asked = []  # words before, what is begun, what must be offered
for name, c in commands.items():
    first, _, second = name.partition(" ")
    asked.append(([], first[:2], first))
    if second:
        asked.append(([first], second[:1], second))
        asked.append((["--home", "x", "-q", first], second, second))
    for f in c["flags"] + everywhere:
        asked.append((name.split(), "--" + f["name"][:2], "--" + f["name"]))
    asked.append((["help"], first[:2], first))
script = f"source <('{comity}' completion bash)\n" + "".join(
    f"COMP_WORDS=(comity {' '.join(before)} {begun}); COMP_CWORD={len(before) + 1}; COMPREPLY=(); _comity; echo \"${{COMPREPLY[*]}}\"\n"
    for before, begun, _ in asked
)
done = subprocess.run(["bash"], input=script, capture_output=True, text=True)  # as an argument it would be too long
offered = done.stdout.splitlines()
wrong = [f"{b} {w}: {o}" for (b, g, w), o in zip(asked, offered) if w not in o.split()]
tell(done.returncode == 0 and not done.stderr and len(offered) == len(asked) and not wrong, "bash completes every command and every flag", done.stderr or "\n".join(wrong))
fish = run(None, "completion", "fish")[1]
wrong = []
for name, c in commands.items():
    first, _, second = name.partition(" ")
    line = f"__fish_seen_subcommand_from {first}' -a {second} " if second else f"-a {first} "
    if line not in fish:
        wrong.append(name)
    wrong += [f"{name} --{f['name']}" for f in c["flags"] if f"__fish_seen_subcommand_from {first}' -l {f['name']}" not in fish]
wrong += ["--" + f["name"] for f in everywhere if f"complete -c comity -l {f['name']} " not in fish]
tell(not wrong, "so does what is written for fish", "\n".join(wrong))
for shell in ["fish", "zsh", "bash"]:
    if shutil.which(shell):
        done = subprocess.run([shell, "-n"], input=run(None, "completion", shell)[1], capture_output=True, text=True)
        tell(done.returncode == 0 and not done.stderr, f"{shell} reads it", done.stderr)

# each with --json

report = reply("irq", "add", "report")["items"][0]["id"]
released = reply("irq", "release", report, "--to", "rus", "--yes")["items"][0]["as"]
reply("rus", "sync", "irq")
walk = [  # home, command with its arguments, exit status; standard input
    (None, "init other --id oth --name Other --exercise", 0),
    (None, "trial three aa bb cc --first 2015-10-01", 0),
    ("usa", "card --root-key usa.root", 0),
    (None, "card show usa.card", 0),
    ("usa", "charter propose --name EXERCISE_Another --no-levels --first 2015-10-01 usa.card", 0),
    ("usa", "charter sign charter --root-key usa.root", 0),
    ("usa", "charter assemble charter usa.vote", 0),
    ("usa", "charter install signed --yes", 0),
    (None, "charter show signed", 0),
    ("irq", "charter show", 0),
    ("irq", "charter log", 0),
    ("irq", "charter fork", 0),
    ("irq", "charter export", 0),
    ("usa", "key --note moved --root-key usa.root", 0),
    ("irq", "lead", 0),
    ("irq", "rota", 0),
    ("irq", "members", 0),
    ("irq", "centres", 0),
    ("irq", "add tool bad", 65),
    ("irq", "collect taxii https://127.0.0.1:1/api/collections/x/", None),
    ("irq", "collect taxii https://127.0.0.1:1/api/ --every 15m --name vendor", 0),
    ("irq", "collect list", 0),
    ("irq", "collect show vendor", 0),
    ("irq", "collect run vendor", 0),
    ("irq", "collect pause vendor", 0),
    ("irq", "collect resume vendor", 0),
    ("irq", "collect remove vendor --yes", 0),
    ("irq", "ls", 0),
    ("irq", "search convoy", 0),
    ("irq", "suggest con", 0),
    ("irq", f"show {report}", 0),
    ("irq", f"label {report}", 0),
    ("irq", f"versions {report}", 0),
    ("irq", f"refs {report}", 0),
    ("irq", "compare fighters", 0),
    ("irq", f"grade {report} B3", 0),
    ("irq", f"release {report} --to rus --dry-run", 0),
    ("irq", "release pending", 0),
    ("irq", "release approve 7 --yes", 77),
    ("irq", "release reject 7", 77),
    ("rus", f"request {released} --to ALL --reason summary", 0),
    ("rus", "requests", 0),
    ("irq", "consent", None),
    ("irq", f"recall {report} --reason wrong --yes", 0),
    ("irq", f"withdraw {report} --dry-run", 0),
    ("irq", f"withdraw {report} --reason twice --yes", 0),
    ("rus", "due", 0),
    ("rus", "sync irq", 0),
    ("rus", f"evidence {released} --reason dispute", 0),
    ("irq", "pouch pack --to rus -o rus.age", 0),
    ("rus", "pouch open rus.age", 0),
    ("irq", "logs", 0),
    ("irq", "log", 0),
    ("irq", f"prove {released} -o proof", 0),
    (None, "prove-check proof --centre-id CENTRE", 0),
    ("irq", "settle --without rus", None),
    ("irq", "status", None),
    ("rus", "inbox", 0),
    ("irq", "audit", 0),
    ("irq", "quarantine list", 0),
    ("irq", "quarantine show 1", 0),
    ("irq", "quarantine drop 1", 0),
    ("irq", "verify", 0),
    ("irq", "rebuild", 0),
    ("irq", "backup --passphrase-file pass copy", 0),
    (None, "restore --passphrase-file pass copy back", 0),
    ("irq", "serve --nonsense", 64),
    ("irq", "config", 0),
    ("irq", "account list", 0),
    ("irq", "account add khalil --password-file pass --role analyst", 0),
    ("irq", "account show khalil", 0),
    ("irq", "account set khalil --display Khalil", 0),
    ("irq", "account disable khalil", 0),
    ("irq", "account enable khalil", 0),
    ("irq", "account password khalil --password-file pass", 0),
    ("irq", "account totp khalil --off --yes", None),
    ("irq", "token add khalil --name export --scope read", 0),
    ("irq", "token list", 0),
    ("irq", "token revoke 1 --yes", 0),
    ("irq", "session list", 0),
    ("irq", "session revoke khalil --yes", 0),
    ("irq", "account remove khalil --yes", 0),
    (None, "help", 0),
    (None, "completion bash", 64),
    (None, "version", 0),
]
centre = reply("irq", "centres")["items"][0]["centre_id"]
gone, wrong = set(), []
for home, line, want in walk:
    words = line.replace("CENTRE", centre).split()
    name = " ".join(words[:2]) if " ".join(words[:2]) in commands else words[0]
    gone.add(name)
    for extra, status in ([], want), (["--no-such-flag"], 64):
        code, out, err = run(home, *words, *extra, "--json")
        said = f"{line} {' '.join(extra)}: {code}"
        if status is not None and code != status:
            wrong.append(f"{said}, not {status}: {err[:300]}")
        if no_json(out):
            wrong.append(f"{said}: standard output: {no_json(out)}")
        if code == 0 and not out:
            wrong.append(f"{said}: says nothing")
        if code and not out:  # then it is the error that is told
            try:
                error = json.loads(err.splitlines()[-1])["error"]
                if error["status"] != code or len(error["message"]) < 10 or not error["code"].startswith("ERR_"):
                    wrong.append(f"{said}: {error}")
            except (ValueError, IndexError, KeyError) as e:
                wrong.append(f"{said}: the error is no JSON: {err[:200]}")
tell(gone == set(commands), "each command is in the walk", gone ^ set(commands))
tell(not wrong, "each answers --json with JSON, or refuses with an error that is", "\n".join(wrong))
for words in ([], ["--version"], ["ls", "--help"], ["help", "card"]):
    code, out, err = run(None, "--json", *words)
    tell(code == 0 and out and not no_json(out), f"JSON of comity --json {' '.join(words)}".strip(), no_json(out))
for words in (["help", "--man"], ["help", "--statuses"], ["help", "marks"], ["--nonsense"], ["nonsense"]):
    code, out, err = run(None, "--json", *words)
    tell(code == 64 and not out and not no_json(err), f"an error as JSON of comity --json {' '.join(words)}", f"{code} {out[:200]} {err}")
sys.exit(1 if failed else 0)
END
[ $? -eq 0 ] || status=1
exit $status
