/// Why a command did not do what it was asked, in words that say what to do.
struct Refused: Error, CustomStringConvertible {
    let description: String
    /// 1 refused or failed, 3 a gate did not hold.
    let code: Int32

    init(_ description: String, code: Int32 = 1) {
        self.description = description
        self.code = code
    }
}
