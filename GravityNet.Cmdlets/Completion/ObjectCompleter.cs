using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using GravityNet.Netfilter;

namespace GravityNet.Cmdlets;

/// <summary>Completes names of Kubernetes objects from what the connection read last, without asking anybody.</summary>
public abstract class ObjectCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        ArgumentNullException.ThrowIfNull(fakeBoundParameters);
        var cluster = Connections.OfThisRunspace().Named(fakeBoundParameters["Cluster"]);
        if (cluster?.LastObjects is not { } objects) return [];
        var pattern = fakeBoundParameters["Namespace"] is string text ? WildcardPattern.Get(text, WildcardOptions.IgnoreCase) : null;
        return Completions.Of(Names(objects, ns => pattern?.IsMatch(ns) ?? true).Distinct(), wordToComplete ?? "");
    }

    private protected abstract IEnumerable<string> Names(KubeObjects objects, Func<string, bool> inNamespace);
}

/// <summary>Completes namespaces.</summary>
public sealed class NamespaceCompleter : ObjectCompleter
{
    private protected override IEnumerable<string> Names(KubeObjects objects, Func<string, bool> inNamespace) =>
        (objects.Services ?? []).Select(s => s.Namespace).Concat((objects.Pods ?? []).Select(p => p.Namespace));
}

/// <summary>Completes services, in the namespace that is given already.</summary>
public sealed class ServiceCompleter : ObjectCompleter
{
    private protected override IEnumerable<string> Names(KubeObjects objects, Func<string, bool> inNamespace) =>
        (objects.Services ?? []).Where(s => inNamespace(s.Namespace)).Select(s => s.Name);
}

/// <summary>Completes pods, in the namespace that is given already.</summary>
public sealed class PodCompleter : ObjectCompleter
{
    private protected override IEnumerable<string> Names(KubeObjects objects, Func<string, bool> inNamespace) =>
        (objects.Pods ?? []).Where(p => inNamespace(p.Namespace)).Select(p => p.Name);
}

/// <summary>Completes who sends to a service: the words for kinds of senders, and pods with their namespaces.</summary>
public sealed class SenderCompleter : ObjectCompleter
{
    private protected override IEnumerable<string> Names(KubeObjects objects, Func<string, bool> inNamespace) =>
        ServiceSender.Kinds.Concat((objects.Pods ?? []).Where(p => p.IsAlive && p.Address.Length > 0).Select(p => $"{p.Namespace}/{p.Name}"));
}
