internal import Trips
internal import Access
internal import Hummingbird

/// The page that says how to sign in, or who is signed in.
struct SignInView {
    /// Who is signed in; nil where nobody is.
    let user: String?
    let role: String
    /// Why a link did not sign in; nil where none was followed.
    let refusal: String?

    /// The page for whoever is signed in.
    init(_ session: Session?) {
        user = session?.caller.user.rawValue
        role = session?.caller.role.rawValue ?? ""
        refusal = nil
    }

    /// The page after a link that does not sign in.
    init(refused why: TokenProblem) {
        user = nil
        role = ""
        refusal =
            why == .expired
            ? "It has ended: such links last for a short while only."
            : "It is not whole, or was made by another installation."
    }

    /// The text of the page.
    func text(_ viewer: Viewer?, _ options: SiteOptions, _ request: Request) -> String {
        let title = refusal == nil ? "Sign in" : "This link does not sign you in"
        return Templates.render(
            .signIn, Frame(title, Preferences(of: request), options, viewer), self)
    }
}
