"""The ids that observables have from their content (STIX 2.1, section 2.9): ours beside those of the OASIS library stix2, over generated observables of
every type, each contributing property there or not, text that canonical JSON writes in a way of its own, and several hashes, of which one counts."""
import os
import random
import subprocess
import sys
import warnings

import stix2
from stix2 import v21

warnings.simplefilter("ignore")
dice = random.Random(20151001)
COUNT = 150  # of each type
DIGESTS = {"MD5": 32, "SHA-1": 40, "SHA-256": 64, "SHA-512": 128, "SHA3-256": 64, "SHA3-512": 128}
WORDS = ["a", "Zo\u00eb", "\u20ac 5", "tab\there", 'quote " and \\', "line\nend", "\U0001f600", "\ufb33", "\u2028", "/slash/", "x" * 300, "\u007f", "\u0001"]
IPV4 = "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"
NAMES = {
    "hashes": lambda: {n: "".join(dice.choice("0123456789abcdef") for _ in range(DIGESTS[n])) for n in some_hashes()},
    "payload_bin": lambda: dice.choice(["AAE=", "VGhl", ""]) or "AA==",
    "number": lambda: dice.choice([0, 1, 64512, 4294967295]),
    "from_ref": lambda: "email-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
    "parent_directory_ref": lambda: "directory--28bb3599-77cd-5a82-a950-b5bc3caf07c4",
    "src_ref": lambda: IPV4,
    "dst_ref": lambda: IPV4,
    "src_port": lambda: dice.randrange(65536),
    "dst_port": lambda: dice.randrange(65536),
    "protocols": lambda: dice.sample(["ipv4", "tcp", "http", "udp"], dice.randrange(1, 4)),
    "start": lambda: "2015-10-01T06:00:00Z",
    "end": lambda: "2015-10-01T06:00:00.25Z",
    "account_type": lambda: dice.choice(["unix", "windows-local", "a kind of our own"]),
    "values": lambda: [{"name": word(), "data": word(), "data_type": "REG_SZ"} for _ in range(dice.randrange(1, 3))],
}
TYPES = {  # type: (class, what must be there, what may be)
    "artifact": (v21.Artifact, ["payload_bin"], ["hashes"]),
    "autonomous-system": (v21.AutonomousSystem, ["number"], []),
    "directory": (v21.Directory, ["path"], []),
    "domain-name": (v21.DomainName, ["value"], []),
    "email-addr": (v21.EmailAddress, ["value"], []),
    "email-message": (v21.EmailMessage, [], ["from_ref", "subject", "body"]),
    "file": (v21.File, ["name"], ["hashes", "parent_directory_ref", "extensions"]),
    "ipv4-addr": (v21.IPv4Address, ["value"], []),
    "ipv6-addr": (v21.IPv6Address, ["value"], []),
    "mac-addr": (v21.MACAddress, ["value"], []),
    "mutex": (v21.Mutex, ["name"], []),
    "network-traffic": (v21.NetworkTraffic, ["protocols", "src_ref"], ["dst_ref", "src_port", "dst_port", "start", "end", "extensions"]),
    "process": (v21.Process, [], []),
    "software": (v21.Software, ["name"], ["cpe", "swid", "vendor", "version"]),
    "url": (v21.URL, ["value"], []),
    "user-account": (v21.UserAccount, [], ["account_type", "user_id", "account_login"]),
    "windows-registry-key": (v21.WindowsRegistryKey, [], ["key", "values"]),
    "x509-certificate": (v21.X509Certificate, [], ["hashes", "serial_number"]),
}
VALUES = {
    "ipv4-addr": ["198.51.100.3", "198.51.0.0/16", "0.0.0.0"],
    "ipv6-addr": ["2001:db8::1", "::", "2001:0db8:0000::/96"],
    "mac-addr": ["d2:fb:49:24:37:18", "00:00:00:00:00:00"],
}
EXTENSIONS = {
    "file": [
        {"ntfs-ext": {"sid": "1234567"}},
        {"raster-image-ext": {"image_height": 10, "exif_tags": {"Make": "Nikon", "XResolution": 4928}}},
        {"windows-pebinary-ext": {"pe_type": "exe", "number_of_sections": 4, "sections": [{"name": "CODE", "entropy": 0.061089}]}},
    ],
    "network-traffic": [{"tcp-ext": {"src_flags_hex": "00000002"}}, {"icmp-ext": {"icmp_type_hex": "08", "icmp_code_hex": "00"}}],
}
# What does not make up an id, so that there is something to be built even where all that does is absent.
BESIDE = {
    "email-message": {"is_multipart": False},
    "process": {"pid": 7},
    "user-account": {"is_disabled": True},
    "windows-registry-key": {"number_of_subkeys": 3},
    "x509-certificate": {"issuer": "C=ZA"},
    "network-traffic": {"is_active": False},
    "file": {"size": 3},
}

def word():
    return "".join(dice.choice(WORDS) for _ in range(dice.randrange(1, 3)))

def some_hashes():
    """One of the four that count, or more; of the others at most one, since the library takes the first as written of several, and we that by name."""
    counted = dice.sample(["MD5", "SHA-1", "SHA-256", "SHA-512"], dice.randrange(0, 5))
    others = dice.sample(["SHA3-256", "SHA3-512"], 1 if not counted else dice.randrange(0, 3))
    both = counted + others
    dice.shuffle(both)
    return both

def one(type_):
    cls, must, may = TYPES[type_]
    obj = dict(BESIDE.get(type_, {}))
    for name in must + [n for n in may if dice.random() < 0.5]:
        if name == "extensions":
            obj[name] = dice.choice(EXTENSIONS[type_])
        elif name == "value" and type_ in VALUES:
            obj[name] = dice.choice(VALUES[type_])
        else:
            obj[name] = NAMES.get(name, word)()
    return cls(**obj)

made = [(type_, one(type_)) for type_ in TYPES for _ in range(COUNT)]
known = set(cls._type for cls in vars(v21).values() if isinstance(cls, type) and issubclass(cls, v21.base._Observable) and hasattr(cls, "_type"))
missing = sorted(t for t in known if not t.endswith("-ext") and t not in TYPES)
if missing:
    sys.exit(f"no observables are made of {missing}")

lines = "\n".join(obj.serialize(ensure_ascii=dice.random() < 0.5).replace("\n", " ") for _, obj in made) + "\n"
done = subprocess.run([os.environ["COMITY"], "test-sco"], input=lines, capture_output=True, text=True, encoding="utf-8")
if done.returncode:
    sys.exit(f"comity test-sco: {done.stderr}")
ours = done.stdout.splitlines()
if len(ours) != len(made):
    sys.exit(f"{len(made)} observables, {len(ours)} ids")
bad, random_ids, same = 0, 0, 0
for (type_, obj), our in zip(made, ours):
    theirs = obj.id
    if theirs.split("--")[1][14] == "4":  # nothing makes it up, so it is drawn by lot
        random_ids += 1
        good = our == "ERR_NOTFOUND"
    else:
        same += 1
        good = our == theirs
    if not good:
        bad += 1
        if bad <= 10:
            print(f"#  {our} is not {theirs}: {obj.serialize()}")
print(f"# {len(made)} observables of {len(TYPES)} types: {same} ids made of content, {random_ids} by lot, {bad} differ; stix2 {stix2.__version__}")
if same < len(made) // 2 or random_ids < COUNT:
    sys.exit("too few of one kind for a comparison")
sys.exit(1 if bad else 0)
