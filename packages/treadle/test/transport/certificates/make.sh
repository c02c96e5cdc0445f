#!/usr/bin/env bash
# Makes the keys and certificates of the TLS tests anew, good from 2000 to 2100: bash make.sh
# They protect nothing: everybody can read them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/index.txt"
cat >"$work/ca.conf" <<CONF
[ca]
default_ca = tests
[tests]
new_certs_dir = $work
database = $work/index.txt
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
CONF

# make <name> <common name> <extension> [signed by, default itself]
make() {
  local signer=${4:-$1}
  openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
  openssl req -new -key "$1.key" -subj "/CN=$2" -out "$work/$1.csr"
  if [ "$signer" = "$1" ]; then set -- "$1" "$2" "$3" -selfsign; else set -- "$1" "$2" "$3" -cert "$signer.crt"; fi
  openssl ca -batch -notext -config "$work/ca.conf" -startdate 20000101000000Z -enddate 21000101000000Z \
    -keyfile "$signer.key" "${@:4}" -extfile <(echo "$3") -in "$work/$1.csr" -out "$1.crt"
}

make authority 'Test authority' 'basicConstraints=critical,CA:TRUE'
make server localhost 'subjectAltName=DNS:localhost,IP:127.0.0.1' authority
make client warehouse 'extendedKeyUsage=clientAuth' authority
make stranger warehouse 'extendedKeyUsage=clientAuth'
rm authority.key
