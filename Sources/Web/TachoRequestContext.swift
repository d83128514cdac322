public import Access
public import Hummingbird

/// What goes with a request on its way: Hummingbird's own, and who asks.
public struct TachoRequestContext: RequestContext {
    /// What Hummingbird needs.
    public var coreContext: CoreRequestContextStorage
    /// Who asks; nil where nobody has said so, or the route is open to everybody.
    public var caller: Caller?

    /// The context of a request that comes in.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
