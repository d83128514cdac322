import Testing
import Web

struct TraceParentTests {
    @Test(arguments: [
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
        ("00-00000000000000000000000000000000-b7ad6b7169203331-01", false),
        ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false),
        ("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
        ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-", false), ("", false),
    ])
    func `a trace is passed on only where it is one`(field: String, isGood: Bool) {
        #expect((TraceParent(field) != nil) == isGood)
        if isGood {
            #expect(TraceParent(field)?.traceID == "0af7651916cd43dd8448eb211c80319c")
        }
    }
}
