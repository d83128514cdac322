/// A token in compact form (RFC 7515), taken apart and not believed yet.
struct TokenParts {
    /// The algorithm that its header names.
    let algorithm: String
    /// The key that its header names.
    let keyID: String
    let claims: [String: ClaimValue]
    /// The bytes that were signed.
    let signed: ArraySlice<UInt8>
    let signature: [UInt8]

    /// Header members that make a token mean something else than it seems to, or that bring the key
    /// along that it is to be verified with.
    private static let refusedMembers = [
        "crit", "jwk", "jku", "x5c", "x5u", "b64", "zip", "enc", "cty",
    ]
    private static let algorithms = ["EdDSA", "ES256", "RS256"]

    init(_ token: String) throws(TokenProblem) {
        let bytes = Array(token.utf8)
        guard bytes.count <= TokenLimits.bytes else { throw .tooLong }
        let parts = bytes.split(
            separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }),
            let head = Base64URL.decode(parts[0]), let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2]),
            let header = ClaimValue(json: head)?.members,
            let claims = ClaimValue(json: body)?.members
        else { throw .malformed }
        guard !Self.refusedMembers.contains(where: { header[$0] != nil }) else { throw .header }
        if let type = header["typ"] {
            guard let type = type.string, ["jwt", "at+jwt"].contains(type.lowercased()) else {
                throw .header
            }
        }
        guard let algorithm = header["alg"]?.string, Self.algorithms.contains(algorithm) else {
            throw .algorithm
        }
        guard let keyID = header["kid"]?.string,
            (1...TokenLimits.keyIDBytes).contains(keyID.utf8.count)
        else { throw .unknownKey }
        self.algorithm = algorithm
        self.keyID = keyID
        self.claims = claims
        self.signature = signature
        signed = bytes[..<parts[1].endIndex]
    }
}
