using BenchmarkDotNet.Attributes;
using HybridControl.Automata;
using HybridControl.Benchmarks.Peers;
using HybridControl.Serialization;
using HybridControl.Simulation;
using HybridControl.Solvers;

namespace HybridControl.Benchmarks.Automata;

/// <summary>How long until a model is ready to run: read from text, checked, compiled to code?</summary>
[MemoryDiagnoser]
public class CompileBenchmarks
{
    private readonly HybridAutomaton _model = PeerModels.Thermostat();
    private string _json = "";

    [GlobalSetup]
    public void Write() => _json = ModelFile.Write(_model);

    [Benchmark]
    public HybridAutomaton Parse() => ModelFile.Parse(_json);

    [Benchmark]
    public int Check() => AutomatonValidator.Validate(_model).Length;

    [Benchmark]
    public int ParseAndCompile() => ModeRuntimes.For(ModelFile.Parse(_json).Compiled, new DormandPrince5()).FirstOf(0).Modes.Length;
}
