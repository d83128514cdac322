public import Access
public import Hummingbird
public import Trips

/// What goes with a request on its way: Hummingbird's own, who asks, and what they reach.
public struct TachoRequestContext: RequestContext {
    /// What Hummingbird needs.
    public var coreContext: CoreRequestContextStorage
    /// Who asks; nil where nobody has said so, or the route is open to everybody.
    public var caller: Caller?
    /// What of the data the caller reaches through this route; nothing until it is known.
    public var reach = Reach.none
    /// The session of a browser that is signed in.
    public var session: Session?
    /// Whether what the caller has shown is still worth what it was: for answers that go on.
    public var isStillGood: @Sendable () async -> Bool = { true }

    /// The context of a request that comes in.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }

    /// Whether the request reaches what belongs to this user.
    public func reaches(ownedBy user: String) -> Bool {
        switch reach {
        case .all: true
        case .own: caller?.user.rawValue == user
        case .none: false
        }
    }

    /// The one user whose data the request reaches; nil where it reaches everybody's.
    ///
    /// - Throws: ``Problem`` 403 where it reaches nobody's.
    public func onlyUser() throws(Problem) -> UserID? {
        switch (reach, caller) {
        case (.all, _): return nil
        case (.own, let caller?): return caller.user
        case (.own, nil), (.none, _): throw .notAllowed("This is not open to you.")
        }
    }
}
