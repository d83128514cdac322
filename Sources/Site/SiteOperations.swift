internal import HTTPTypes
internal import Hummingbird
internal import Web

extension Site {
    /// The operator's page.
    func operations(
        _ request: Request, _ context: TachoRequestContext, _ actions: SiteActions
    ) async throws -> Response {
        let view = OperatorView(try await actions.operations(), Preferences(of: request))
        return Page.response(
            Templates.render(.operations, frame("Operations", request, context), view), to: request)
    }

    /// The last comparison of two versions.
    func diff(
        _ request: Request, _ context: TachoRequestContext, _ actions: SiteActions
    ) async throws -> Response {
        guard let diff = try await actions.operations().diff,
            let page = DiffPage.served(diff.page)
        else {
            return message(Missing.diff.title, Missing.diff.view, .notFound, request, context)
        }
        return Page.response(page, to: request)
    }
}
