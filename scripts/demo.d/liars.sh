# Lies, signed as their liars would sign them.

# forge OPERATOR SEQUENCE ATTESTATION FILTER [JQ-OPTION...]: an attestation as the operator would have
# made it, changed by a filter of jq and signed with its key by gpg, in OPERATOR.envelope.
forge() {
  local operator=$1 sequence=$2 attestation=$3 filter=$4
  local home=$work/gnupg/$operator type=application/vnd.in-toto+json key
  shift 4
  key=$(fingerprint "$operator/key/certificate.asc" | tr 'A-F' 'a-f')
  mkdir -p -m 700 "$home"
  gpg --homedir "$home" --batch -q --import "$operator/key/secret.asc"
  jq -c -j "$@" --argjson sequence "$sequence" --arg key "$key" \
    ".payload | @base64d | fromjson | $filter"'
     | .predicate.buildDefinition.internalParameters.sequence = $sequence
     | .predicate.runDetails.builder.id = "openpgp4fpr:\($key)"
     | .predicate.runDetails.metadata.invocationId = "\($key)/\($sequence)"' \
    "$attestation" >"$operator.payload"
  printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(stat -c %s "$operator.payload")" |
    cat - "$operator.payload" >"$operator.pae"
  gpg --homedir "$home" --batch -q --yes --digest-algo SHA512 --output "$operator.sig" --detach-sign "$operator.pae"
  jq -n -c --arg type "$type" --arg payload "$(base64 -w0 "$operator.payload")" \
    --arg keyid "$key" --arg sig "$(base64 -w0 "$operator.sig")" \
    '{payloadType: $type, payload: $payload, signatures: [{keyid: $keyid, sig: $sig}]}' >"$operator.envelope"
  GNUPGHOME=$home gpgconf --kill all
}

# other_bits OPERATOR SHA256 SEQUENCE: these came out in place of the archive's file.
other_bits() {
  # shellcheck disable=SC2016
  forge "$1" "$3" gamma/out/attestation.json \
    '(.subject[] | select(.name | startswith($file | split("_")[0] + "_")) | .digest.sha256) = $sha256' \
    --arg file "$(basename "$file")" --arg sha256 "$2"
}

post() {
  curl -sS --fail-with-body -H 'Content-Type: application/vnd.dsse.envelope.v1+json' \
    --data-binary "@$1" "$url/api/v1/attestations"
}
