import Access
import ArgumentParser
import EmbeddedLog
import Foundation
import Trips

/// What a command shows a server of who asks.
struct CredentialOptions: ParsableArguments {
    @Option(
        help: """
            Bearer token to send (TACHO_TOKEN; made with the installation's key, where --key or \
            --data has it).
            """)
    var token: String?

    @OptionGroup var key: KeyOptions

    /// How long a token that a command makes for itself lasts, in seconds: ten days, as a fleet may
    /// drive that long.
    private static let seconds: Int64 = 10 * 86_400

    /// The token that is given, or one made with the key; nil where neither is there.
    ///
    /// - Parameters:
    ///   - directory: the data directory whose key is taken where none is named.
    ///   - role: what the command must be allowed.
    func bearer(for role: Access.Role, in directory: String) async throws -> String? {
        if let token = token ?? Environment.text("TOKEN") { return token }
        guard let key = try await key.find(in: directory) else { return nil }
        return key.token(for: role, seconds: Self.seconds)
    }

    /// What to do where a server answers 401 or 403.
    static let advice = """
        say who asks by --token or TACHO_TOKEN, or name the installation's data by --data or its key \
        by --key; `tacho token --user NAME --role service` prints a token where the data is
        """
}

extension InstallationKey {
    /// A token for what this program does in a role.
    func token(for role: Access.Role, seconds: Int64) -> String {
        let now = systemMilliseconds() / 1_000
        guard let user = UserID("tacho") else { preconditionFailure("tacho is a user's name") }
        return token(
            for: TokenClaims(user: user, role: role, expires: now + seconds), .requests, now: now)
    }

    /// An address that signs a browser in.
    func signInLink(for caller: Caller, at url: String, seconds: Int64) -> String {
        let now = systemMilliseconds() / 1_000
        let token = token(
            for: TokenClaims(user: caller.user, role: caller.role, expires: now + seconds), .signIn,
            now: now)
        return "\(url)/sign-in?token=\(token)"
    }
}
