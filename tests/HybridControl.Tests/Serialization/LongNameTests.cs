using HybridControl.Diagnostics;
using HybridControl.Serialization;

namespace HybridControl.Tests.Serialization;

public class LongNameTests
{
    [Test]
    public void A_name_full_of_brackets_is_refused_in_memory_of_its_own_size()
    {
        string name = "x" + new string('[', 100_000);
        string text = $$"""{ "name": "n", "states": { "x": 0 }, "modes": { "m": { "flow": { "{{name}}": "1" } } } }""";
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(() => ModelFile.Parse(text), Throws.TypeOf<ModelException>());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(200L * name.Length));
    }
}
