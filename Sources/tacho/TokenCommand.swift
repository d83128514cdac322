import Access
import ArgumentParser
import EmbeddedLog
import Foundation
import Trips

/// `tacho token`: a token signed with the installation's key.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Print a bearer token, or a link that signs a browser in.",
        discussion: """
            Signs with the installation's key, so it must run where the data is, or be given the \
            key. A driver reads and writes trips of their own; a service writes and reads for \
            everybody; an operator reads everything and sees the operator's pages.

            Example: tacho token --user ann --role driver --ttl 30d
            Then: curl -H "Authorization: Bearer $TOKEN" http://localhost:8080/v1/trips
            """)

    @OptionGroup var data: DataOptions
    @OptionGroup var key: KeyOptions

    @Option(help: "Whom the token stands for.")
    var user: String

    @Option(help: "What they may be: driver, service or operator.")
    var role: String

    @Option(help: "How long it lasts, such as 90s, 12h, 30d or PT1H; 12h, or 1h of a link.")
    var ttl: String?

    @Flag(help: "Print a link that signs a browser in, instead of a token for programs.")
    var link = false

    @Option(help: "Address that the link begins with (TACHO_URL; http://localhost:8080).")
    var url: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    /// The longest that a token may last, in seconds: ten years.
    private static let longest: Int64 = 3_653 * 86_400
    static let linkSeconds: Int64 = 3_600
    private static let tokenSeconds: Int64 = 43_200

    private struct Line: Encodable {
        var token: String?
        var link: String?
        var user: String
        var role: String
        var expires: String
    }

    func run() async throws {
        guard let user = UserID(user) else {
            throw ValidationError("--user is \"\(user)\", allowed are \(UserID.allowed)")
        }
        guard let role = Access.Role(rawValue: role) else {
            let allowed = Access.Role.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--role is \"\(role)\", allowed are \(allowed)")
        }
        let seconds = try seconds()
        guard let key = try await key.find(in: data.directory) else {
            throw Refused(
                """
                there is no key in \(data.directory): the first `tacho up` makes one; name its \
                directory by --data, or the key's file by --key
                """)
        }
        let caller = Caller(user: user, role: role)
        let now = systemMilliseconds() / 1_000
        let claims = TokenClaims(user: user, role: role, expires: now + seconds)
        let text =
            link
            ? key.signInLink(for: caller, at: address, seconds: seconds)
            : key.token(for: claims, .requests, now: now)
        guard json else { return Terminal.say(text) }
        try Terminal.json(
            Line(
                token: link ? nil : text, link: link ? text : nil, user: user.rawValue,
                role: role.rawValue, expires: Moment.text(claims.expires * 1_000)))
    }

    private var address: String {
        var address = url ?? Environment.text("URL") ?? "http://localhost:8080"
        while address.hasSuffix("/") { address.removeLast() }
        return address
    }

    private func seconds() throws -> Int64 {
        guard let ttl else { return link ? Self.linkSeconds : Self.tokenSeconds }
        guard let milliseconds = ReplayStart.milliseconds(ttl),
            (1_000...Self.longest * 1_000).contains(milliseconds)
        else {
            throw ValidationError(
                "--ttl is \"\(ttl)\", allowed is a span from 1s to 3653d, such as 12h")
        }
        return milliseconds / 1_000
    }
}
