/// What of the data somebody reaches through a route.
public enum Reach: Sendable, Equatable {
    /// Nothing: the route is refused.
    case none
    /// What is their own.
    case own
    /// Everything.
    case all
}

/// Who may use a route.
public struct AccessLine: Sendable, Equatable {
    /// What kind of answer a route gives.
    public enum Kind: Sendable {
        /// For programs.
        case program
        /// A page: a browser that is not signed in is sent to where it can.
        case page
        /// For an app of a phone, which may show its token as a password or in its address.
        case phone
        /// What a page's form sends: the route itself looks at the form's token.
        case form
    }

    /// The method, such as `GET`, which stands for `HEAD` as well.
    public let method: String
    /// The route as the router writes it, such as `/v1/trips/{trip}`.
    public let route: String
    /// Whether everybody may, without a token.
    public let isPublic: Bool
    /// What kind of answer it gives.
    public let kind: Kind
    private let reaches: [Role: Reach]

    /// A route for callers, by what they are.
    init(
        _ method: String, _ route: String, driver: Reach, service: Reach, operator: Reach,
        _ kind: Kind = .program
    ) {
        self.method = method
        self.route = route
        self.kind = kind
        isPublic = false
        reaches = [.driver: driver, .service: service, .operator: `operator`]
    }

    /// A route for everybody.
    init(everybody method: String, _ route: String, _ kind: Kind = .program) {
        self.method = method
        self.route = route
        self.kind = kind
        isPublic = true
        reaches = [:]
    }

    /// What somebody of a role reaches.
    public func reach(of role: Role) -> Reach { reaches[role] ?? .none }
}

/// Who may do what: every route by method and role. What has no line is refused.
public struct AccessTable: Sendable {
    private let lines: [String: [AccessLine]]

    /// A table of these lines.
    public init(_ lines: [AccessLine]) {
        self.lines = Dictionary(grouping: lines, by: \.route)
    }

    /// Every line.
    public var all: [AccessLine] { lines.values.flatMap { $0 } }

    /// Whether any method of the route has a line.
    public func has(route: String) -> Bool { lines[route] != nil }

    /// The line of a method at a route; that of `GET` for a `HEAD` that has none.
    public func line(_ method: String, _ route: String) -> AccessLine? {
        guard let found = lines[route] else { return nil }
        return found.first { $0.method == method }
            ?? (method == "HEAD" ? found.first { $0.method == "GET" } : nil)
    }

    /// Methods that a route has lines for, sorted.
    public func methods(of route: String) -> [String] {
        let methods = Set(lines[route, default: []].map(\.method))
        return (methods.contains("GET") ? methods.union(["HEAD"]) : methods).sorted()
    }
}
