using HybridControl.Neural.Backends;
using HybridControl.Neural.Sequences;
using HybridControl.Neural.Stacks;

namespace HybridControl.Neural.Vision;

/// <summary>Parameters and working memory of layers that remember nothing.</summary>
internal sealed class VisionRun : IDisposable
{
    private readonly ParameterLoader _parameters;
    private readonly Workspace _workspace;
    private readonly Workspace _tables;
    private readonly SequenceState _nothing;

    public VisionRun(ParameterLoader parameters)
    {
        _parameters = parameters;
        (_workspace, _tables) = (new(parameters.Backend), new(parameters.Backend));
        _nothing = new(new StateLayout(), parameters.Backend, 1);
        Pass = new(parameters.Backend, _workspace, _tables);
    }

    public ForwardPass Pass { get; }

    public ITensorBackend Backend => _parameters.Backend;

    public long ParameterCount => _parameters.Count;

    public long ParameterBytes => _parameters.Bytes;

    public long WorkspaceBytes => _workspace.Bytes;

    /// <summary>Begins a pass; what is rented until the scope ends is given back then.</summary>
    public Workspace.Scope Begin(SequenceShape shape, ILayerObserver? observer)
    {
        Workspace.Scope scope = _workspace.Open();
        Pass.Begin(_nothing, 0, shape, observer);
        return scope;
    }

    public void Dispose()
    {
        _nothing.Dispose();
        _workspace.Dispose();
        _tables.Dispose();
        _parameters.Release();
    }
}
