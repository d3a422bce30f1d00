using HybridControl.Neural.Backends;
using HybridControl.Neural.HuggingFace;
using HybridControl.Neural.Tests.TestKit;

namespace HybridControl.Neural.Tests.Stacks;

/// <summary>Every language model of the reference data on every back-end of the processor.</summary>
public class GoldenStackTests
{
    public static IEnumerable<object[]> Cases =>
        from name in GoldenStack.Names
        where HuggingFaceModel.ModelTypes.Contains(new GoldenCase(name).Config.GetProperty("model_type").GetString(), StringComparer.OrdinalIgnoreCase)
        from backend in CpuBackends.Names
        select new object[] { name, backend };

    [TestCaseSource(nameof(Cases))]
    public void A_whole_sequence_gives_the_golden_logits_and_layers(string name, string backend) =>
        On(name, backend, golden => golden.CheckFull());

    [TestCaseSource(nameof(Cases))]
    public void A_part_and_then_single_tokens_give_the_golden_logits_and_caches(string name, string backend) =>
        On(name, backend, golden => golden.CheckPrefillAndDecode());

    [TestCaseSource(nameof(Cases))]
    public void Pieces_of_any_length_and_streams_apart_give_the_golden_logits(string name, string backend) =>
        On(name, backend, golden => golden.CheckSplit());

    [TestCaseSource(nameof(Cases))]
    public void A_state_that_was_saved_and_restored_decodes_identically(string name, string backend) =>
        On(name, backend, golden => golden.CheckRestore());

    private static void On(string name, string backend, Action<GoldenStack> check)
    {
        using ITensorBackend made = CpuBackends.New(backend);
        using var golden = new GoldenStack(name, made);
        check(golden);
    }
}
