# Lies, signed as their liars would sign them.

# forge OPERATOR SHA256 SEQUENCE: the attestation it would have made had other bits come out, signed
# with its key by gpg.
forge() {
  local home=$work/gnupg/$1 payload type
  mkdir -p -m 700 "$home"
  gpg --homedir "$home" --batch -q --import "$1/key/secret.asc"
  type=application/vnd.in-toto+json
  jq -c -j --arg file "$(basename "$file")" --arg sha256 "$2" --argjson sequence "$3" \
    --arg key "$(fingerprint "$1/key/certificate.asc" | tr 'A-F' 'a-f')" \
    '.payload | @base64d | fromjson
     | (.subject[] | select(.name | startswith($file | split("_")[0] + "_")) | .digest.sha256) = $sha256
     | .predicate.buildDefinition.internalParameters.sequence = $sequence
     | .predicate.runDetails.builder.id = "openpgp4fpr:\($key)"
     | .predicate.runDetails.metadata.invocationId = "\($key)/\($sequence)"' \
    gamma/out/attestation.json >"$1.payload"
  printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(stat -c %s "$1.payload")" | cat - "$1.payload" >"$1.pae"
  gpg --homedir "$home" --batch -q --yes --digest-algo SHA512 --output "$1.sig" --detach-sign "$1.pae"
  jq -n -c --arg type "$type" --arg payload "$(base64 -w0 "$1.payload")" \
    --arg keyid "$(fingerprint "$1/key/certificate.asc" | tr 'A-F' 'a-f')" --arg sig "$(base64 -w0 "$1.sig")" \
    '{payloadType: $type, payload: $payload, signatures: [{keyid: $keyid, sig: $sig}]}' >"$1.envelope"
  GNUPGHOME=$home gpgconf --kill all
}
post() {
  curl -sS --fail-with-body -H 'Content-Type: application/vnd.dsse.envelope.v1+json' \
    --data-binary "@$1" "$url/api/v1/attestations"
}
