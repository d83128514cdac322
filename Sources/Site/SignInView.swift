internal import Access
internal import Trips

/// How to sign in, or who is signed in.
struct SignInView {
    /// Who is signed in, and the form that signs them out.
    struct SignedIn {
        let user: String
        let role: String
        let field = AccessControl.formField
        let formToken: String
    }

    /// Why a link does not sign in; nil where none was followed.
    var refusal: String?
    /// Nil where nobody is signed in.
    var session: SignedIn?

    /// For whoever has this session.
    init(_ session: Session?, _ control: AccessControl) {
        self.session = session.map {
            SignedIn(
                user: $0.caller.user.rawValue, role: $0.caller.role.rawValue,
                formToken: control.formToken(of: $0))
        }
    }

    /// After a link that does not sign in.
    init(refused why: TokenProblem) {
        refusal =
            why == .expired
            ? "This link does not sign you in: it has ended, as such links last for a short while."
            : "This link does not sign you in: it is not whole, or is of another installation."
    }
}
