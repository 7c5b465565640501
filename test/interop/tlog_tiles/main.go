// tlog_tiles reads a member's log as any reader of C2SP tlog-tiles does, by the client of transparency-dev/tessera, over mutual TLS with another member's key, and
// says how large it is. It fails unless the checkpoint is signed by the author, each entry in the bundles is included in the tree, the tree is consistent with the
// checkpoint of before (-older), and each member that -cosigner names has countersigned it (C2SP tlog-cosignature).
package main

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
	"golang.org/x/mod/sumdb/note"
)

// The certificate of a node's TLS key, "COMITY-TLS-KEY <base64 of the seed>", signed by itself: the other side looks at its key alone.
func certificate(file string) (tls.Certificate, error) {
	line, err := os.ReadFile(file)
	if err != nil {
		return tls.Certificate{}, err
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(strings.TrimPrefix(string(line), "COMITY-TLS-KEY ")))
	if err != nil || len(seed) != ed25519.SeedSize {
		return tls.Certificate{}, fmt.Errorf("%s holds no TLS key", file)
	}
	key := ed25519.NewKeyFromSeed(seed)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Now().AddDate(10, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: crypto.Signer(key)}, err
}

// A client that knows the other side by the SHA-256 of its key, as the charter and the cards state it, and by nothing else.
func pinned(cert tls.Certificate, pin string) *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{
		MinVersion:         tls.VersionTLS13,
		Certificates:       []tls.Certificate{cert},
		InsecureSkipVerify: true, // no authority is asked: what follows takes its place
		VerifyConnection: func(s tls.ConnectionState) error {
			sum := sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)
			if hex.EncodeToString(sum[:]) != pin {
				return errors.New("the other side has another key than its card states")
			}
			return nil
		},
	}}}
}

func verifierKey(name, keyHex string) (string, error) {
	pub, err := hex.DecodeString(keyHex)
	if err != nil || len(pub) != ed25519.PublicKeySize {
		return "", fmt.Errorf("%s is no key", keyHex)
	}
	return note.NewEd25519VerifierKey(name, pub)
}

type texts []string

func (t *texts) String() string     { return strings.Join(*t, " ") }
func (t *texts) Set(s string) error { *t = append(*t, s); return nil }

func read() error {
	var cosigners texts
	at := flag.String("url", "", "https://HOST:PORT/CENTRE of the member that is asked")
	pin := flag.String("pin", "", "the SHA-256 of its TLS key, hex")
	key := flag.String("key", "", "file of our own TLS key")
	origin := flag.String("origin", "", "the log's")
	author := flag.String("author", "", "its author's log key, hex")
	older := flag.String("older", "", "file with a checkpoint of before")
	keep := flag.String("keep", "", "file for the checkpoint that is read")
	flag.Var(&cosigners, "cosigner", "NAME=KEY of who is to have countersigned")
	flag.Parse()

	cert, err := certificate(*key)
	if err != nil {
		return err
	}
	name := sha256.Sum256([]byte(*origin))
	root, err := url.Parse(*at + "/" + hex.EncodeToString(name[:]) + "/")
	if err != nil {
		return err
	}
	from, err := client.NewHTTPFetcher(root, pinned(cert, *pin))
	if err != nil {
		return err
	}
	vkey, err := verifierKey(*origin, *author)
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	ctx := context.Background()
	cp, raw, _, err := client.FetchCheckpoint(ctx, from.ReadCheckpoint, verifier, *origin)
	if err != nil {
		return err
	}

	// every entry of the bundles is in the tree that was signed
	builder, err := client.NewProofBuilder(ctx, cp.Size, from.ReadTile)
	if err != nil {
		return err
	}
	for first := uint64(0); first < cp.Size; first += 256 {
		bundle, err := client.GetEntryBundle(ctx, from.ReadEntryBundle, first/256, cp.Size)
		if err != nil {
			return err
		}
		if want := min(cp.Size-first, 256); uint64(len(bundle.Entries)) < want {
			return fmt.Errorf("the bundle of entry %d has %d of %d", first, len(bundle.Entries), want)
		}
		for i, entry := range bundle.Entries {
			index := first + uint64(i)
			path, err := builder.InclusionProof(ctx, index)
			if err != nil {
				return err
			}
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, cp.Size, rfc6962.DefaultHasher.HashLeaf(entry), path, cp.Hash); err != nil {
				return fmt.Errorf("entry %d: %w", index, err)
			}
		}
	}

	// the tree goes on from the one of before: once as the library's own tracker of a log does it, once by the proof
	if *older != "" {
		before, err := os.ReadFile(*older)
		if err != nil {
			return err
		}
		tracker, err := client.NewLogStateTracker(ctx, from.ReadTile, before, verifier, *origin, client.UnilateralConsensus(from.ReadCheckpoint))
		if err != nil {
			return err
		}
		small := tracker.Latest()
		if _, _, _, err := tracker.Update(ctx); err != nil {
			return err
		}
		path, err := builder.ConsistencyProof(ctx, small.Size, cp.Size)
		if err != nil {
			return err
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, small.Size, cp.Size, path, small.Hash, cp.Hash); err != nil {
			return err
		}
		if now := tracker.Latest(); now.Size != cp.Size || !bytes.Equal(now.Hash, cp.Hash) {
			return errors.New("the tracker is at another checkpoint")
		}
	}

	for _, c := range cosigners {
		name, keyHex, _ := strings.Cut(c, "=")
		vkey, err := verifierKey(name, keyHex)
		if err != nil {
			return err
		}
		v, err := fnote.NewVerifierForCosignatureV1(vkey)
		if err != nil {
			return err
		}
		n, err := note.Open(raw, note.VerifierList(verifier, v))
		if err != nil {
			return err
		}
		when := time.Time{}
		for _, s := range n.Sigs {
			if s.Name == name && s.Hash == v.KeyHash() {
				if when, err = fnote.CoSigV1Timestamp(s); err != nil {
					return err
				}
			}
		}
		if when.IsZero() {
			return fmt.Errorf("%s has not countersigned", name)
		}
		fmt.Printf("countersigned by %s at %s\n", name, when.UTC().Format(time.RFC3339))
	}
	fmt.Printf("size %d\n", cp.Size)
	if *keep != "" {
		return os.WriteFile(*keep, raw, 0o600)
	}
	return nil
}

func main() {
	if err := read(); err != nil {
		fmt.Fprintln(os.Stderr, "tlog_tiles:", err)
		os.Exit(1)
	}
}
