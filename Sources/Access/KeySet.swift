internal import Crypto
internal import JWTKit

/// Keys that are trusted for one issuer, by their ids.
public struct KeySet: Sendable {
    /// Keys that one set may have.
    public static let keyLimit = 100
    /// Bits of an RSA key, at least and at most.
    public static let rsaBits = 2_048...8_192

    /// A key that was left out, and why.
    public struct LeftOut: Equatable, Sendable {
        /// The key's id, or its place in the set where it has none.
        public var key: String
        /// Why, in words.
        public var reason: String
    }

    private let algorithms: [String: any JWTAlgorithm]
    /// Keys that the set names and that are not used.
    public let leftOut: [LeftOut]

    /// Whether a key of this id is in it.
    public func has(_ keyID: String) -> Bool { algorithms[keyID] != nil }

    /// The ids of the keys, sorted.
    public var keyIDs: [String] { algorithms.keys.sorted() }

    /// The installation's own key.
    init(keyID: String, _ algorithm: any JWTAlgorithm) {
        algorithms = [keyID: algorithm]
        leftOut = []
    }

    /// Reads a JSON Web Key Set (RFC 7517). Keys for something else than signatures, of other kinds
    /// than Ed25519, P-256 and RSA, of no id or too weak are left out.
    ///
    /// - Throws: ``KeySetProblem`` where it is none, or no key is left.
    public init(jwks bytes: [UInt8]) async throws(KeySetProblem) {
        guard let keys = ClaimValue(json: bytes)?.members?["keys"]?.items else { throw .notAKeySet }
        guard keys.count <= Self.keyLimit else { throw .tooManyKeys(keys.count) }
        var algorithms: [String: any JWTAlgorithm] = [:]
        var leftOut: [LeftOut] = []
        for (place, key) in keys.enumerated() {
            let members = key.members ?? [:]
            let name = members["kid"]?.string ?? "number \(place + 1)"
            do {
                let id = try WebKey.id(of: members)
                guard algorithms[id] == nil else { throw WebKey.Unusable("its id is there twice") }
                algorithms[id] = try await WebKey.algorithm(of: members)
            } catch let unusable as WebKey.Unusable {
                leftOut.append(LeftOut(key: name, reason: unusable.reason))
            } catch {
                leftOut.append(LeftOut(key: name, reason: "it cannot be read"))
            }
        }
        guard !algorithms.isEmpty else { throw .noUsableKey(leftOut) }
        self.algorithms = algorithms
        self.leftOut = leftOut
    }

    /// Checks that a key of this set has signed the token.
    func verify(_ token: TokenParts) throws(TokenProblem) {
        guard let algorithm = algorithms[token.keyID] else { throw .unknownKey }
        guard algorithm.name == token.algorithm else { throw .algorithm }
        let isRight: Bool
        do {
            isRight = try algorithm.verify(token.signature, signs: Array(token.signed))
        } catch {
            // A signature of another length is an error to some of the algorithms.
            throw .signature
        }
        guard isRight else { throw .signature }
    }
}

/// Why a key set cannot be used.
public enum KeySetProblem: Error, Equatable, CustomStringConvertible {
    /// It is no JSON object with an array `keys`.
    case notAKeySet
    /// It has more keys than ``KeySet/keyLimit``.
    case tooManyKeys(Int)
    /// None of its keys can be used.
    case noUsableKey([KeySet.LeftOut])

    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .notAKeySet: return "it is no JSON Web Key Set"
        case .tooManyKeys(let count):
            return "it has \(count) keys, allowed are \(KeySet.keyLimit)"
        case .noUsableKey(let leftOut):
            let reasons = leftOut.map { "\($0.key): \($0.reason)" }.joined(separator: "; ")
            return "no key of it can be used (\(reasons.isEmpty ? "it has none" : reasons))"
        }
    }
}
