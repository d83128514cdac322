/// Why a request got no answer.
public enum ClientError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The address is none; it is to look like ``Server/allowed``.
    case badAddress(String)
    /// The address has a scheme other than `http`.
    case unsupportedScheme(String)
    /// Nobody answers there: refused, unreachable, or the name is unknown.
    case cannotConnect(server: String, reason: String)
    /// The connection closed before the answer was whole.
    case connectionLost
    /// No whole answer within the limit.
    case timedOut(Duration)
    /// The answer's body is longer than the limit, in bytes.
    case answerTooLong(limit: Int)
    /// What came back is not HTTP.
    case notHTTP(String)
    /// The client was closed.
    case closed

    /// Whether sending the same again may go better.
    public var isPassing: Bool {
        switch self {
        case .cannotConnect, .connectionLost, .timedOut: true
        case .badAddress, .unsupportedScheme, .answerTooLong, .notHTTP, .closed: false
        }
    }

    /// The error in words.
    public var description: String {
        switch self {
        case .badAddress(let address): "\(address) is no address; it looks like \(Server.allowed)"
        case .unsupportedScheme(let scheme):
            "\(scheme):// is not spoken, only http://; "
                + "let a proxy on this machine speak TLS, and name the proxy"
        case .cannotConnect(let server, let reason): "cannot connect to \(server): \(reason)"
        case .connectionLost: "the connection closed before the answer was whole"
        case .timedOut(let limit): "no answer within \(limit)"
        case .answerTooLong(let limit): "the answer is longer than \(limit) bytes"
        case .notHTTP(let reason): "the answer is not HTTP: \(reason)"
        case .closed: "the client is closed"
        }
    }
}
