internal import Foundation
internal import FoundationNetworking

/// Where the keys of another issuer are: a file, or an address of http or https.
public struct KeySource: Sendable, CustomStringConvertible {
    /// What a source may be, in words for an error.
    public static let allowed = "a file, or an address that begins with http:// or https://"
    /// Bytes that a key set may have.
    public static let longest = 262_144
    /// The longest wait for it.
    public static let timeoutSeconds = 5.0

    /// The file or the address.
    public let description: String
    private let address: URL

    /// Reads a file's path or an address; nil for an address of another kind.
    public init?(_ text: String) {
        description = text
        guard text.contains("://") else {
            guard !text.isEmpty else { return nil }
            address = URL(filePath: text)
            return
        }
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme?.lowercased()),
            url.host() != nil
        else { return nil }
        address = url
    }

    /// Fetches the keys.
    ///
    /// - Throws: ``KeySourceProblem``.
    func fetch() async throws(KeySourceProblem) -> KeySet {
        let bytes = address.isFileURL ? try read() : try await ask()
        guard bytes.count <= Self.longest else { throw .tooLong }
        do { return try await KeySet(jwks: bytes) } catch { throw .unusable(error) }
    }

    private func read() throws(KeySourceProblem) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: address))
        } catch { throw .away(error.localizedDescription) }
    }

    private func ask() async throws(KeySourceProblem) -> [UInt8] {
        let settings = URLSessionConfiguration.ephemeral
        settings.timeoutIntervalForRequest = Self.timeoutSeconds
        settings.timeoutIntervalForResource = Self.timeoutSeconds
        let session = URLSession(configuration: settings)
        defer { session.finishTasksAndInvalidate() }
        let data: Data
        let response: URLResponse
        do {
            (data, response) = try await session.data(from: address)
        } catch { throw .away(error.localizedDescription) }
        guard let answer = response as? HTTPURLResponse, answer.statusCode == 200 else {
            throw .away("it answers \((response as? HTTPURLResponse)?.statusCode ?? 0)")
        }
        // What came without encryption on the way is no better for having been asked for with it.
        guard answer.url?.scheme?.lowercased() == address.scheme?.lowercased() else {
            throw .away("it sends elsewhere, to \(answer.url?.scheme ?? "nothing")")
        }
        return Array(data)
    }
}

/// Why keys could not be fetched.
public enum KeySourceProblem: Error, Equatable, CustomStringConvertible {
    /// The source does not answer, or not with keys.
    case away(String)
    /// It has more than ``KeySource/longest``.
    case tooLong
    /// What it has cannot be used.
    case unusable(KeySetProblem)

    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .away(let reason): reason
        case .tooLong: "it has more than \(KeySource.longest) bytes"
        case .unusable(let problem): "\(problem)"
        }
    }
}
