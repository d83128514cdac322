internal import Trips
internal import Access
internal import Web

/// Who looks at a page, as the page shows it.
struct Viewer {
    let name: String
    let isOperator: Bool
    /// What forms of the page carry; nil for one who came by a token, and has no forms.
    let formToken: String?

    /// Whoever a request is from; nil where nobody has said so.
    init?(_ context: TachoRequestContext, _ control: AccessControl?) {
        guard let caller = context.caller else { return nil }
        name = caller.user.rawValue
        isOperator = caller.role == .operator
        formToken = context.session.flatMap { session in control?.formToken(of: session) }
    }
}
